#include "daemon/pipeline/intake/feed_health.hpp"

namespace tapewatch {

std::vector<std::string> describe_warnings(const std::vector<ingest::FeedWarning>& warnings) {
  std::vector<std::string> lines;
  for (const auto& warning : warnings) {
    std::string line = warning.kind + ": " + warning.detail;
    if (warning.count > 1) line += " (" + std::to_string(warning.count) + " times)";
    lines.push_back(std::move(line));
  }
  return lines;
}

FeedHealth::FeedHealth(std::string name) {
  health_.name = std::move(name);
  health_.kind = "feed";
  health_.state = "running";
}

void FeedHealth::asked(TimePoint at) {
  std::lock_guard lock(mutex_);
  health_.last_attempt = at;
}

void FeedHealth::learned(const ingest::FeedOutcome& outcome, TimePoint at) {
  using Kind = ingest::FeedOutcome::Kind;
  std::lock_guard lock(mutex_);
  health_.documents += outcome.items.size();
  health_.dead_letters += outcome.rejected.size();
  health_.next_poll = outcome.kind == Kind::gone ? std::nullopt : std::optional<TimePoint>(outcome.next_poll);
  if (outcome.kind == Kind::read || outcome.kind == Kind::unchanged) {
    health_.state = "running";
    health_.last_success = at;
  } else {
    health_.state = outcome.kind == Kind::gone ? "stopped" : "backing_off";
    ++health_.errors;
    health_.last_error = outcome.error_kind + ": " + outcome.error;
    health_.last_error_at = at;
  }
  if (outcome.kind != Kind::unchanged) health_.warnings = describe_warnings(outcome.warnings);
}

SourceHealth FeedHealth::snapshot() const {
  std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace tapewatch
