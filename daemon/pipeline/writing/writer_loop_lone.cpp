// Tested by tests/daemon/pipeline/writing/writer_loop_lone_test.cpp
// A write between two batches.
#include "daemon/pipeline/writing/writer_loop.hpp"

#include "daemon/observe/shortage.hpp"
#include "storage/connection/error.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch {

void WriterLoop::commit_alone(LoneWrite& write) {
  if (dead_) return write.done("nothing more is stored: the log says why");
  std::string failure;
  bool corrupt = false;
  try {
    storage::Transaction transaction(parts_.connection);
    write.apply(parts_.connection, wall_now());
    transaction.commit();
  } catch (const storage::StorageError& error) {
    failure = explained(error);
    corrupt = error.kind() == storage::StorageError::Kind::corrupt;
  } catch (const std::exception& error) {
    failure = explained(error);
    if (failure.empty()) failure = "an unknown error";
  }
  parts_.metrics.count_commit(failure.empty());
  if (!failure.empty()) {
    write.undo();
    recover();
    if (corrupt) fail(failure);
  }
  parts_.rules.set(parts_.applier.detector().warmth());
  write.done(failure);
  if (failure.empty()) parts_.notifier.notify();
}

}  // namespace tapewatch
