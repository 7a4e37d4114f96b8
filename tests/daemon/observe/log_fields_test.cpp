#include "daemon/observe/log_fields.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "daemon/observe/line_budget.hpp"
#include "daemon/observe/log.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

std::string line_with(const std::string& format, const LogFields& fields) {
  std::ostringstream text;
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
  sink->set_formatter(log_formatter(format));
  spdlog::logger log("alerts", sink);
  log_with(log, spdlog::level::warn, fields, "alert al_1 firing");
  log.info("a line without");
  return text.str();
}

}  // namespace

TEST_CASE("fields are members of a JSON line and nothing of a line of text") {
  const LogFields fields = {{"event", std::string("alert.firing")}, {"rule", std::string("a\"b\n")}, {"attempt", 3}};
  const std::string json = line_with("json", fields);
  CHECK(json.find(R"("component":"alerts","message":"alert al_1 firing",)"
                  R"("event":"alert.firing","rule":"a\"b\n","attempt":3})"
                  "\n") != std::string::npos);
  CHECK(json.find("\"message\":\"a line without\"}\n") != std::string::npos);
  CHECK(line_with("text", fields).find("warning alerts: alert al_1 firing\n") != std::string::npos);
}

TEST_CASE("a flood of lines is cut to so many a minute for each key, and what was left out is counted") {
  LineBudget budget({.lines = 2, .period = 1min, .most_keys = 3});
  const LineBudget::TimePoint start{1'000'000ms};
  CHECK(budget.allow("a", start) == 0U);
  CHECK(budget.allow("a", start + 1s) == 0U);
  CHECK_FALSE(budget.allow("a", start + 2s));
  CHECK_FALSE(budget.allow("a", start + 59s));
  CHECK(budget.allow("b", start + 2s) == 0U);
  CHECK(budget.allow("a", start + 60s) == 2U);
  CHECK(budget.allow("a", start + 61s) == 0U);
  CHECK_FALSE(budget.allow("a", start + 62s));
  CHECK(budget.allow("a", start + 10s) == 1U);  // the clock was put back
  CHECK(LineBudget::words(0).empty());
  CHECK(LineBudget::words(2) == " (2 lines like it before were left out)");
  // Further keys share one budget.
  CHECK(budget.allow("c", start) == 0U);
  CHECK(budget.allow("d", start) == 0U);
  CHECK(budget.allow("e", start) == 0U);
  CHECK_FALSE(budget.allow("f", start));
}
