#include "daemon/pipeline/output/output_journal.hpp"

#include <stdexcept>
#include <utility>

#include "storage/alert/events.hpp"

namespace tapewatch {

DatabaseOutputJournal::DatabaseOutputJournal(std::string output, storage::StorageOptions options, WriterQueue& queue)
    : output_(std::move(output)), options_(std::move(options)), queue_(queue) {}

storage::Connection& DatabaseOutputJournal::reader() {
  if (!reader_) reader_.emplace(storage::Connection::open_reader(options_.path, options_));
  return *reader_;
}

std::vector<storage::OutputEvent> DatabaseOutputJournal::after(std::int64_t event, std::size_t limit) {
  return storage::OutputLog(reader()).after(event, limit);
}

OutputJournal::Range DatabaseOutputJournal::range() {
  const storage::EventReader events(reader());
  return {events.oldest(), events.newest()};
}

std::optional<storage::TimePoint> DatabaseOutputJournal::written_at(std::int64_t event) {
  return storage::OutputLog(reader()).written_at(event);
}

std::int64_t DatabaseOutputJournal::position() {
  const auto known = storage::OutputLog(reader()).position(output_);
  if (!known) throw std::runtime_error("the database does not know the output " + output_);
  return *known;
}

void DatabaseOutputJournal::advance(std::int64_t event) {
  Command command;
  command.apply = [output = output_, event](storage::Connection& connection, TimePoint) {
    storage::OutputLog(connection).advance(output, event);
  };
  queue_.push_command(command);  // refused when stopping or full: the brokers know it too
}

}  // namespace tapewatch
