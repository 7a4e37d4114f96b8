#include "daemon/pipeline/intake/contact_log.hpp"

#include <iterator>
#include <memory>
#include <utility>

#include "storage/source/source_coverage.hpp"

namespace tapewatch {

ContactLog::ContactLog(WriterQueue& writer, storage::StorageOptions storage, ContactLogOptions options)
    : writer_(writer), storage_(std::move(storage)), options_(options) {}

void ContactLog::heard(const std::string& source, TimePoint at, std::chrono::milliseconds valid_for) {
  // The next success may be omitted here for `every`, which does not mean that the source was silent.
  add({source, at, valid_for + options_.every, {}});
}

void ContactLog::failed(const std::string& source, TimePoint at, std::string_view error) {
  add({source, at, {}, std::string(error.substr(0, storage_.max_error_bytes))});
}

void ContactLog::add(Contact contact) {
  {
    const MutexLock lock(mutex_);
    if (waiting_.size() >= options_.most_waiting) return;
    const auto [latest, is_first] = latest_.try_emplace({contact.source, contact.is_failure()}, contact.at);
    const bool set_back = contact.at < latest->second;  // the clock was set: start counting again
    if (!is_first && !set_back && contact.at - latest->second < options_.every) return;
    latest->second = contact.at;
    waiting_.push_back(std::move(contact));
  }
  write();
}

void ContactLog::write() {
  const auto contacts = std::make_shared<Contacts>();
  {
    const MutexLock lock(mutex_);
    if (writing_ || waiting_.empty()) return;
    writing_ = true;
    contacts->swap(waiting_);
  }
  Command command;
  command.apply = [contacts, storage = storage_](storage::Connection& connection, TimePoint) {
    storage::SourceCoverage coverage(connection, storage);
    for (const Contact& contact : *contacts) {
      if (contact.is_failure()) {
        coverage.failure(contact.source, contact.at, contact.error);
      } else {
        coverage.success(contact.source, contact.at, contact.valid_for);
      }
    }
  };
  command.done = [this, contacts](bool committed) { written(*contacts, committed); };
  if (!writer_.push_command(command)) written(*contacts, false);
}

void ContactLog::written(const Contacts& contacts, bool committed) {
  {
    const MutexLock lock(mutex_);
    writing_ = false;
    if (!committed) {
      for (const Contact& contact : contacts) latest_.erase({contact.source, contact.is_failure()});
    }
  }
  if (committed) write();  // contacts collected meanwhile; after a refusal the next contact retries
}

}  // namespace tapewatch
