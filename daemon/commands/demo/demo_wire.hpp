#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

/// The bundled news wire: canonical documents with a time relative to the end of the wire (`offset_seconds`, negative)
/// instead of `published_at`. Returns them in order of time, rebased to end at `end`. Throws std::runtime_error naming
/// the faulty line.
std::vector<ingest::Document> parse_demo_wire(std::string_view ndjson, TimePoint end,
                                              const ingest::DocumentLimits& limits);

/// Plays a wire into the document queue from its own thread: everything before `live_from` at once, then, after that is
/// committed, the rest as the clock reaches it.
class DemoPlayer {
 public:
  struct Options {
    TimePoint live_from{};
    TimePoint end{};
    std::chrono::milliseconds live_for{50'000};  ///< wall time in which live_from … end is played
    std::string source = "demo-wire";            ///< for metrics
  };

  DemoPlayer(Options options, std::vector<ingest::Document> wire, DocumentQueue& queue, std::uint32_t slot,
             PlaybackClock& clock, std::function<void(std::size_t)> on_history_loaded);
  ~DemoPlayer();
  DemoPlayer(const DemoPlayer&) = delete;
  DemoPlayer& operator=(const DemoPlayer&) = delete;

  void start();
  void stop();

 private:
  void play();
  bool push(ingest::Document document, std::function<void(const Commit&)> on_commit);
  bool wait_until(TimePoint time);

  const Options options_;
  std::vector<ingest::Document> wire_;
  DocumentQueue& queue_;
  const std::uint32_t slot_;
  PlaybackClock& clock_;
  const std::function<void(std::size_t)> on_history_loaded_;
  std::uint64_t number_ = 0;
  Mutex mutex_;
  Condition changed_;
  std::size_t committed_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tapewatch
