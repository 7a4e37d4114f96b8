// What a source's loop reports is what /v1/sources shows.
#include "daemon/pipeline/intake/source_health.hpp"

#include "daemon/pipeline/intake/feed_report.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using ingest::FeedOutcome;

namespace {

TimePoint at_second(int second) { return TimePoint(std::chrono::seconds(second)); }

FeedOutcome outcome(FeedOutcome::Kind kind, std::string error_kind = {}, std::string error = {}) {
  FeedOutcome outcome;
  outcome.kind = kind;
  outcome.next_poll = at_second(100);
  outcome.error_kind = std::move(error_kind);
  outcome.error = std::move(error);
  return outcome;
}

/// A failure is counted and shown, and the last success stays.
void check_trouble(const SourceReport& report, const std::string& state, const std::string& error) {
  CHECK(report.state == state);
  CHECK(report.errors == 1);
  CHECK(report.last_success == at_second(1));
  CHECK(report.last_error == error);
  CHECK(report.last_error_at == at_second(2));
  CHECK(report.next_poll == at_second(100));
}

}  // namespace

TEST_CASE("source health: a report is a copy; changes show in the next one") {
  SourceHealth health("wire", "kafka", "stopped");
  const SourceReport before = health.report();
  health.set_state("running");
  health.update([](SourceReport& report) { report.documents += 3; });
  CHECK(before.state == "stopped");
  CHECK(before.documents == 0);
  const SourceReport after = health.report();
  CHECK(after.name == "wire");
  CHECK(after.kind == "kafka");
  CHECK(after.state == "running");
  CHECK(after.documents == 3);
}

TEST_CASE("source health: a failed poll backs off and keeps the last success; the next good one runs again") {
  SourceReport report;
  auto good = outcome(FeedOutcome::Kind::read);
  good.items.resize(2);
  good.rejected.resize(1);
  good.warnings = {{"date", "missing", 12}, {"charset", "overridden", 1}};
  note_outcome(report, good, at_second(1));
  CHECK(report.state == "running");
  CHECK(report.documents == 2);
  CHECK(report.dead_letters == 1);
  CHECK(report.warnings == std::vector<std::string>{"date: missing (12 times)", "charset: overridden"});

  note_outcome(report, outcome(FeedOutcome::Kind::failed, "timeout", "no answer within 10 s"), at_second(2));
  check_trouble(report, "backing_off", "timeout: no answer within 10 s");

  note_outcome(report, good, at_second(3));
  note_outcome(report, outcome(FeedOutcome::Kind::unchanged), at_second(4));
  CHECK(report.state == "running");
  CHECK(report.last_success == at_second(4));
  CHECK(report.warnings.size() == 2);  // nothing was read, so the last content is still valid
}

TEST_CASE("source health: a feed that is gone is stopped until it is asked again") {
  SourceReport report;
  note_outcome(report, outcome(FeedOutcome::Kind::gone), at_second(1));
  CHECK(report.state == "stopped");
  CHECK(report.next_poll == at_second(100));
  CHECK_FALSE(report.last_success);
}

TEST_CASE("source health: a feed without items is silent, and shows what tells its items apart") {
  SourceReport report;
  auto good = outcome(FeedOutcome::Kind::read);
  good.item_identity = "link and title";
  note_outcome(report, good, at_second(1));
  CHECK(report.item_identity == "link and title");
  note_outcome(report, outcome(FeedOutcome::Kind::silent, "no_items", "RSS 2.0 without an item"), at_second(2));
  check_trouble(report, "silent", "no_items: RSS 2.0 without an item");
  note_outcome(report, outcome(FeedOutcome::Kind::unchanged), at_second(3));
  CHECK(report.state == "running");
  CHECK(report.item_identity == "link and title");
}
