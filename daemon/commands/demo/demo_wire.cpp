// Tested by tests/e2e/demo/wire_test.py
#include "daemon/commands/demo/demo_wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "ingest/document/canonical_document.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {

std::vector<ingest::Document> parse_demo_wire(std::string_view ndjson, TimePoint end,
                                              const ingest::DocumentLimits& limits) {
  std::vector<ingest::Document> wire;
  std::size_t line = 0;
  for (std::size_t at = 0; at < ndjson.size();) {
    const std::size_t stop = std::min(ndjson.find('\n', at), ndjson.size());
    const auto text = ndjson.substr(at, stop - at);
    at = stop + 1;
    ++line;
    if (text.empty()) continue;
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* offset = object ? object->if_contains("offset_seconds") : nullptr;
    if (!offset || !offset->is_int64()) {
      throw std::runtime_error(
          fmt::format("the demo's wire, line {}: not an object with a whole number offset_seconds", line));
    }
    const TimePoint published = end + std::chrono::seconds(offset->as_int64());
    auto document = ingest::decode_document(value, "demo", published, limits);
    if (document) document = ingest::normalise(std::move(*document), limits);
    if (!document) {
      throw std::runtime_error(
          fmt::format("the demo's wire, line {}: {}: {}", line, document.error().pointer, document.error().reason));
    }
    document->published_at = published;
    document->published_from = ingest::PublishedFrom::source;
    wire.push_back(std::move(*document));
  }
  std::stable_sort(wire.begin(), wire.end(),
                   [](const auto& left, const auto& right) { return left.published_at < right.published_at; });
  return wire;
}

DemoPlayer::DemoPlayer(Options options, std::vector<ingest::Document> wire, DocumentQueue& queue, std::uint32_t slot,
                       PlaybackClock& clock, std::function<void(std::size_t)> on_history_loaded)
    : options_(std::move(options)),
      wire_(std::move(wire)),
      queue_(queue),
      slot_(slot),
      clock_(clock),
      on_history_loaded_(std::move(on_history_loaded)) {}

DemoPlayer::~DemoPlayer() { stop(); }

void DemoPlayer::start() {
  thread_ = std::thread([this] { play(); });
}

void DemoPlayer::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool DemoPlayer::push(ingest::Document document, std::function<void(const Commit&)> on_commit) {
  Incoming incoming;
  incoming.source_slot = slot_;
  incoming.number = number_++;
  incoming.source = options_.source;
  incoming.content = std::move(document);
  incoming.on_commit = std::move(on_commit);
  return queue_.push(std::move(incoming));
}

bool DemoPlayer::wait_until(TimePoint time) {
  constexpr std::chrono::milliseconds kLook{20};
  MutexLock lock(mutex_);
  while (!stopping_ && clock_.now() < time) changed_.wait_for(lock, kLook);
  return !stopping_;
}

void DemoPlayer::play() {
  const auto live = std::find_if(wire_.begin(), wire_.end(), [&](const ingest::Document& document) {
    return document.published_at >= options_.live_from;
  });
  const auto history = static_cast<std::size_t>(live - wire_.begin());
  for (std::size_t i = 0; i < history; ++i) {
    const bool pushed = push(std::move(wire_[i]), [this](const Commit&) {
      const MutexLock lock(mutex_);
      ++committed_;
      changed_.notify_all();
    });
    if (!pushed) return;
  }
  {
    MutexLock lock(mutex_);
    changed_.wait(lock, [&]() REQUIRES(mutex_) { return stopping_ || committed_ == history; });
    if (stopping_) return;
  }
  on_history_loaded_(history);
  const std::chrono::duration<double> length = options_.end - options_.live_from;
  clock_.play(options_.live_from, length / std::chrono::duration<double>(options_.live_for));
  for (std::size_t i = history; i < wire_.size(); ++i) {
    if (!wait_until(wire_[i].published_at)) return;
    ingest::Document document = std::move(wire_[i]);
    document.received_at = clock_.now();
    if (!push(std::move(document), {})) return;
  }
}

}  // namespace tapewatch
