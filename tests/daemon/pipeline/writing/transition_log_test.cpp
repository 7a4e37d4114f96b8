#include "daemon/pipeline/writing/transition_log.hpp"

#include <spdlog/sinks/ringbuffer_sink.h>

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

alerts::Transition step(alerts::AlertState state, const std::string& type) {
  alerts::Transition transition;
  transition.alert_id = "0123456789abcdef01234567";
  transition.rule = "negative-burst";
  transition.severity = "critical";
  transition.state = state;
  transition.type = type;
  transition.summary = "Financials: 14 negative stories in 15 minutes, 2.1 expected";
  return transition;
}

/// What an operator reads: level and text.
template <class Write>
std::vector<std::string> lines_written(const Write& write) {
  auto sink = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(16);
  spdlog::logger log("alerts", sink);
  log.set_level(spdlog::level::info);
  sink->set_pattern("%l %v");
  write(log);
  std::vector<std::string> lines;
  for (auto line : sink->last_formatted()) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of(const std::vector<alerts::Transition>& transitions) {
  return lines_written([&](spdlog::logger& log) { log_transitions(log, transitions); });
}

}  // namespace

TEST_CASE("an alert that fires, grows, is raised and ends is a line each; a suspicion is none") {
  using enum alerts::AlertState;
  auto raised = step(firing, "alert.updated");
  raised.raised = true;
  const std::string what =
      ": Financials: 14 negative stories in 15 minutes, 2.1 expected (rule negative-burst, critical)";
  const std::string alert = "alert 0123456789abcdef01234567 ";
  CHECK(lines_of({step(pending, ""), step(firing, "alert.firing"), step(firing, "alert.updated"), raised,
                  step(resolved, "alert.resolved")}) ==
        std::vector<std::string>{"warning " + alert + "firing" + what, "info " + alert + "updated" + what,
                                 "warning " + alert + "raised" + what, "info " + alert + "resolved" + what});
}

TEST_CASE("the end of an alert says why it is over") {
  auto over = step(alerts::AlertState::resolved, "alert.resolved");
  over.reason = "calm";
  CHECK(lines_of({over}).at(0).starts_with("info alert 0123456789abcdef01234567 resolved (calm): Financials: "));
}

TEST_CASE("an alert that nobody is told of says why, and does not warn") {
  auto late = step(alerts::AlertState::firing, "alert.firing");
  late.late = true;
  auto kept = step(alerts::AlertState::firing, "alert.firing");
  kept.kept_back_by = "uk-holidays";
  const auto lines = lines_of({late, kept});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("info "));
  CHECK(lines[0].ends_with("; late: recorded, not sent"));
  CHECK(lines[1].ends_with("; kept back by the calendar uk-holidays: recorded, not sent"));
}

TEST_CASE("a suppressed alert says by what; its end too") {
  auto fires = step(alerts::AlertState::firing, "alert.firing");
  fires.suppressed_by = "silence:0123";
  auto ends = step(alerts::AlertState::resolved, "alert.resolved");
  ends.suppressed_by = "mute";
  const auto lines = lines_of({fires, ends});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("info "));
  CHECK(lines[0].ends_with("; suppressed by silence:0123: recorded, not sent"));
  CHECK(lines[1].ends_with("; suppressed by mute"));
}

TEST_CASE("what changes between the steps of an alert is a line each, and so is a digest") {
  using enum alerts::Turn;
  auto alert = step(alerts::AlertState::firing, "");
  auto silenced = alert;
  silenced.suppressed_by = "silence:0123";
  UpkeepResult result;
  result.turns = {{suppressed, silenced, 0, false},
                  {released, alert, 0, true},
                  {released, alert, 0, false},
                  {repeated, alert, 3, true},
                  {escalated, alert, 0, true}};
  result.digests = {{"negative-burst", 7}};
  const auto lines = lines_written([&](spdlog::logger& log) { log_upkeep(log, result); });
  const std::string what =
      ": Financials: 14 negative stories in 15 minutes, 2.1 expected (rule negative-burst, critical)";
  const std::string id = "alert 0123456789abcdef01234567 ";
  CHECK(lines == std::vector<std::string>{"info " + id + "suppressed by silence:0123" + what,
                                          "warning " + id + "no longer suppressed, told now" + what,
                                          "info " + id + "no longer suppressed" + what,
                                          "warning " + id + "told again (3)" + what, "warning " + id + "raised" + what,
                                          "info rule negative-burst: 7 alerts beyond its max_alerts are told in a "
                                          "digest"});
}
