#pragma once

#include <mutex>
#include <string>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "ingest/feed/feed_state.hpp"

namespace tapewatch {

/// What is known of one feed: written by its coroutine, read by query threads.
class FeedHealth {
 public:
  explicit FeedHealth(std::string name);

  void asked(TimePoint at);
  void learned(const ingest::FeedOutcome& outcome, TimePoint at);
  [[nodiscard]] SourceHealth snapshot() const;

 private:
  mutable std::mutex mutex_;
  SourceHealth health_;
};

/// "date: missing (12 times)": a parser's warnings for people.
std::vector<std::string> describe_warnings(const std::vector<ingest::FeedWarning>& warnings);

}  // namespace tapewatch
