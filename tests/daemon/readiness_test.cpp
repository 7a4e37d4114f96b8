#include "daemon/readiness.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

const TimePoint kHeard{std::chrono::milliseconds(1'767'600'000'000)};

SourceReport source_report(const std::string& name, const std::string& kind, const std::string& error = "") {
  SourceReport report;
  report.name = name;
  report.kind = kind;
  report.state = error.empty() ? "running" : "backing_off";
  report.last_attempt = kHeard;
  report.last_error = error;
  if (error.empty()) report.last_success = kHeard;
  return report;
}

std::string words_for(const std::vector<SourceReport>& reports, bool ok) {
  const ProbeCheck check = sources_check(reports);
  CHECK(check.name == "sources");
  CHECK_FALSE(check.fatal);
  CHECK(check.ok == ok);
  return check.detail;
}

}  // namespace

TEST_CASE("readiness: the only feed is refused, and nobody calls the sources fine") {
  const auto refused = source_report("gazette", "feed", "http_status: HTTP 403");
  CHECK(words_for({refused}, false) == "1 of 1 not reached: gazette (http_status: HTTP 403); GET /v1/sources");
  CHECK(words_for({refused, source_report("push", "post")}, false).starts_with("1 of 1 not reached"));
  CHECK(words_for({refused, source_report("wire", "kafka")}, true).starts_with("1 of 2 not reached: gazette ("));
}

TEST_CASE("readiness: sources that are reached, not yet asked, or not polled") {
  CHECK(words_for({}, true) == "none is polled");
  CHECK(words_for({source_report("push", "post")}, true) == "none is polled");
  CHECK(words_for({source_report("wire", "kafka")}, true) == "the one that is polled is reached");
  CHECK(words_for({source_report("wire", "kafka"), source_report("fed", "feed")}, true) == "all 2 reached");
  auto waiting = source_report("fed", "feed");
  waiting.last_success = waiting.last_attempt = std::nullopt;
  CHECK(words_for({source_report("wire", "kafka"), waiting}, true) == "1 of 2 reached so far");
}

TEST_CASE("readiness: a feed that was reached before, one without items, one that is gone; the first three by name") {
  auto failing = source_report("a", "feed", "timeout: a: no answer in time");
  failing.last_success = kHeard;
  auto silent = source_report("b", "feed");
  silent.state = "silent";
  auto gone = source_report("c", "feed");
  gone.state = "stopped";
  CHECK(words_for({failing, silent, gone, source_report("d", "feed", "connect: d"), source_report("e", "kafka")},
                  true) == "4 of 5 not reached: a (timeout: a: no answer in time); b; c; and 1 more; GET /v1/sources");
}
