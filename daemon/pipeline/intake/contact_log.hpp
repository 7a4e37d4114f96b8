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
  std::chrono::milliseconds every{15'000};  ///< shortest time between two written successes, or failures
  std::size_t most_waiting = 1'024;         ///< contacts not yet passed to the writer; further ones are dropped
};

/// Records in the database when each source answered and when it failed: the basis of the history's coverage. Any
/// thread; never blocks. Must outlive the writer.
///
/// Contacts go to the writer as commands, one at a time and each with all collected contacts, so that a slow writer's
/// lane stays free. A contact without room is dropped; the source's next contact is written instead.
class ContactLog {
 public:
  ContactLog(WriterQueue& writer, storage::StorageOptions storage, ContactLogOptions options = {});

  /// The source answered and is expected to answer again within `valid_for`.
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
