#pragma once

#include <optional>
#include <string>

#include "daemon/pipeline/intake/dead_letter_source.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "storage/connection/connection.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

/// Dead letters in the database: read on its own connection, marked by a command on the writer's queue. One poll
/// thread.
class DatabaseDeadLetters final : public DeadLetterSource {
 public:
  /// Opens nothing before the first query.
  DatabaseDeadLetters(std::string path, storage::StorageOptions options, WriterQueue& queue);

  std::vector<PendingDeadLetter> pending(std::string_view source, std::size_t limit) override;
  void mark_forwarded(std::vector<std::int64_t> ids) override;
  void mark_refused(std::int64_t id, std::string why) override;

 private:
  const std::string path_;
  const storage::StorageOptions options_;
  WriterQueue& queue_;
  std::optional<storage::Connection> reader_;
};

/// The positions of one source as last committed, read on a connection opened for this call. Any thread.
std::vector<storage::KafkaPosition> committed_positions(const std::string& path, const storage::StorageOptions& options,
                                                        std::string_view source);

}  // namespace tapewatch
