// Tested by tests/daemon/pipeline/intake/source_health_test.cpp
#include "daemon/pipeline/intake/feed_report.hpp"

namespace tapewatch {

void note_outcome(SourceReport& report, const ingest::FeedOutcome& outcome, TimePoint at) {
  using Kind = ingest::FeedOutcome::Kind;
  report.documents += outcome.items.size();
  report.dead_letters += outcome.rejected.size();
  report.next_poll = outcome.next_poll;
  if (outcome.kind == Kind::read || outcome.kind == Kind::unchanged) {
    report.state = "running";
    report.last_success = at;
  } else {
    report.state = outcome.kind == Kind::gone ? "stopped" : outcome.kind == Kind::silent ? "silent" : "backing_off";
    ++report.errors;
    report.last_error = outcome.error_kind + ": " + outcome.error;
    report.last_error_at = at;
  }
  if (!outcome.item_identity.empty()) report.item_identity = outcome.item_identity;
  if (outcome.kind != Kind::unchanged) report.warnings = describe_warnings(outcome.warnings);
}

std::vector<std::string> describe_warnings(const std::vector<ingest::FeedWarning>& warnings) {
  std::vector<std::string> lines;
  for (const auto& warning : warnings) {
    std::string line = warning.kind + ": " + warning.detail;
    if (warning.count > 1) line += " (" + std::to_string(warning.count) + " times)";
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tapewatch
