#include "daemon/pipeline/intake/held_release.hpp"

#include <utility>
#include <vector>

#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/held_document.hpp"

namespace tapewatch {

HeldRelease::HeldRelease(boost::asio::io_context& io, HeldReleaseOptions options, HeldReleaseParts parts)
    : options_(options),
      parts_(std::move(parts)),
      task_(
          io, "held documents", [this] { return round(); }, options_.every, parts_.log) {}

boost::asio::awaitable<std::chrono::milliseconds> HeldRelease::round() {
  if (parts_.clock.departure()) co_return options_.every;
  const TimePoint now = parts_.clock.now();
  auto due = std::make_shared<std::vector<storage::HeldRow>>();
  auto look = [due, now, most = options_.most](storage::Connection& connection, TimePoint) {
    *due = storage::HeldDocuments(connection).due(now, most);
  };
  const bool looked = co_await await_command(parts_.writer, look);
  if (!looked) co_return options_.every;
  for (const auto& row : *due) {
    if (!in_flight_->add(row.id)) continue;
    Incoming incoming;
    incoming.source_slot = parts_.slot;
    incoming.number = next_number_;
    incoming.source = row.intake;
    incoming.content = released_document(row, now);
    incoming.released = row.id;
    incoming.on_commit = [flying = in_flight_, id = row.id](const Commit&) { flying->remove(id); };
    if (!parts_.documents.try_push(incoming)) {
      in_flight_->remove(row.id);
      break;
    }
    ++next_number_;
  }
  co_return options_.every;
}

}  // namespace tapewatch
