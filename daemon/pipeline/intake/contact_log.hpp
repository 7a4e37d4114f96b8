#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "storage/storage_options.hpp"

namespace tapewatch {

struct ContactLogOptions {
  std::chrono::milliseconds every{15'000};  ///< a source's successes, and its failures, are written at most so often
  std::size_t most_waiting = 1'024;         ///< contacts not yet with the writer; further ones are dropped
};

/// Tells the database when which source was heard and when it failed: what the coverage of the history is made of. Any
/// thread; never blocks. Must outlive the writer.
///
/// Contacts go to the writer as commands, one at a time and each with all that have gathered, so that a writer that is
/// held up keeps its lane for others. What finds no room is dropped, and the source's next contact is written instead.
class ContactLog {
 public:
  ContactLog(WriterQueue& writer, storage::StorageOptions storage, ContactLogOptions options = {});

  /// The source answered, and is expected to answer again within `valid_for`.
  void heard(const std::string& source, TimePoint at, std::chrono::milliseconds valid_for);
  void failed(const std::string& source, TimePoint at, std::string_view error);

 private:
  struct Contact {
    std::string source;
    TimePoint at{};
    std::chrono::milliseconds valid_for{0};  ///< zero: it failed
    std::string error;

    bool is_failure() const { return valid_for.count() == 0; }
  };
  using Contacts = std::vector<Contact>;

  void add(Contact contact);
  void write();
  void written(const Contacts& contacts, bool committed);

  WriterQueue& writer_;
  const storage::StorageOptions storage_;
  const ContactLogOptions options_;

  Mutex mutex_;
  Contacts waiting_ GUARDED_BY(mutex_);
  bool writing_ GUARDED_BY(mutex_) = false;                                      // one command is on its way
  std::map<std::pair<std::string, bool>, TimePoint> latest_ GUARDED_BY(mutex_);  // by source and whether it failed
};

}  // namespace tapewatch
