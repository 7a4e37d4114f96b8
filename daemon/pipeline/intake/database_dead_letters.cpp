#include "daemon/pipeline/intake/database_dead_letters.hpp"

#include <utility>

#include "storage/source/dead_letters.hpp"

namespace tapewatch {

DatabaseDeadLetters::DatabaseDeadLetters(std::string path, storage::StorageOptions options, WriterQueue& queue)
    : path_(std::move(path)), options_(std::move(options)), queue_(queue) {}

std::vector<PendingDeadLetter> DatabaseDeadLetters::pending(std::string_view source, std::size_t limit) {
  if (!reader_) reader_.emplace(storage::Connection::open_reader(path_, options_));
  std::vector<PendingDeadLetter> letters;
  for (auto& row : storage::DeadLetters(*reader_, options_).pending_forward(source, limit)) {
    auto& content = row.content;
    PendingDeadLetter letter{row.id,
                             std::move(content.pointer),
                             std::move(content.reason),
                             std::move(content.payload),
                             std::move(content.position),
                             std::move(content.key),
                             {},
                             content.record_at,
                             content.tombstone};
    letter.headers.reserve(content.headers.size());
    for (auto& header : content.headers) letter.headers.push_back({std::move(header.name), std::move(header.value)});
    letters.push_back(std::move(letter));
  }
  return letters;
}

void DatabaseDeadLetters::mark_forwarded(std::vector<std::int64_t> ids) {
  Command command;
  command.apply = [ids = std::move(ids), options = options_](storage::Connection& connection, TimePoint now) {
    storage::DeadLetters(connection, options).mark_forwarded(ids, now);
  };
  queue_.push_command(command);  // refused when stopping or full: they are sent again
}

void DatabaseDeadLetters::mark_refused(std::int64_t id, std::string why) {
  Command command;
  command.apply = [id, why = std::move(why), options = options_](storage::Connection& connection, TimePoint) {
    storage::DeadLetters(connection, options).mark_refused(id, why);
  };
  queue_.push_command(command);  // refused when stopping or full: it is sent again
}

std::vector<storage::KafkaPosition> committed_positions(const std::string& path, const storage::StorageOptions& options,
                                                        std::string_view source) {
  auto reader = storage::Connection::open_reader(path, options);
  return storage::SourcePositions(reader).load(source);
}

}  // namespace tapewatch
