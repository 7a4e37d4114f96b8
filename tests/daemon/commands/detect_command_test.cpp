#include "daemon/commands/detect.hpp"

#include <fmt/format.h>

#include <random>
#include <sstream>
#include <vector>

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

struct Ran {
  int status = 0;
  std::vector<std::string> lines;
  std::string error;
};

Ran detect(const std::string& csv, const std::string& preset = "", alerts::RuleOptions rule = {}) {
  rule.name = "any";
  std::istringstream in(csv);
  std::ostringstream out, err;
  Ran ran;
  ran.status = run_detect({.preset = preset}, rule, in, out, err);
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) ran.lines.push_back(line);
  ran.error = err.str();
  return ran;
}

int episodes(const std::vector<std::string>& lines) {
  int count = 0;
  bool open = false;
  for (const std::string& line : lines) {
    const bool now = line.ends_with(",1");
    count += now && !open;
    open = now;
  }
  return count;
}

/// Three days of five-minute counts around 3, in the style of the Numenta benchmark; a surge at row 700.
std::string counts(bool surge) {
  std::string csv = "timestamp,value\n";
  for (int i = 0; i < 864; ++i) {
    int value = (i * 7 + i / 3) % 6;
    if (surge && i >= 700 && i < 706) value += 40;
    csv += fmt::format("2026-01-{:02} {:02}:{:02}:00,{}\n", 5 + i / 288, i / 12 % 24, i % 12 * 5, value);
  }
  return csv;
}

}  // namespace

TEST_CASE("detect marks the surge in a series and nothing else") {
  const Ran quiet = detect(counts(false));
  REQUIRE(quiet.status == 0);
  REQUIRE(quiet.lines.size() == 865);
  CHECK(quiet.lines[0] == "timestamp,value,expected,upper,score,alert");
  for (const std::string& line : quiet.lines) CHECK_FALSE(line.ends_with(",1"));

  const Ran surge = detect(counts(true));
  REQUIRE(surge.lines.size() == 865);
  CHECK(surge.lines[701].ends_with(",1"));
  CHECK(surge.lines[700].ends_with(",0"));
  CHECK(surge.lines[701].starts_with("2026-01-07 10:20:00,"));
  CHECK(surge.lines[860].ends_with(",0"));
  CHECK(detect(counts(true)).lines == surge.lines);
}

TEST_CASE("detect spends the rule's budget, however long a row is") {
  struct Case {
    int step_minutes;
    double an_hour;
    int weeks;
  };
  // Constant rates; the budget is one false alarm a week.
  int allowed = 0, raised = 0;
  for (const auto& [step, an_hour, weeks] :
       {Case{60, 5.0, 26}, Case{60, 50.0, 26}, Case{15, 14.0, 13}, Case{1, 50.0, 4}, Case{24 * 60, 0.2, 52}}) {
    std::mt19937_64 dice(static_cast<unsigned>(step));
    std::poisson_distribution<int> counts_of(an_hour * step / 60.0);
    std::string csv;
    for (int row = 0; row < weeks * 7 * 24 * 60 / step; ++row) {
      csv += fmt::format("{},{}\n", 1767571200 + row * step * 60LL, counts_of(dice));
    }
    const int told = episodes(detect(csv).lines);
    INFO(fmt::format("rows of {} minutes, {} an hour: {} of {} allowed", step, an_hour, told, weeks));
    CHECK(told <= weeks * 3 / 2 + 2);
    allowed += weeks;
    raised += told;
  }
  CHECK(raised >= allowed / 3);
  CHECK(raised <= allowed * 11 / 10);
}

TEST_CASE("detect keeps the rule's calendar") {
  // Five weeks of hourly counts, fewer on the weekends; the last row is a Wednesday's noon.
  std::string csv;
  for (int hour = 0; hour <= 30 * 24 + 12; ++hour) {
    const std::chrono::sys_days day =
        std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + std::chrono::days{hour / 24};
    const std::chrono::year_month_day date{day};
    csv += fmt::format("2026-{:02}-{:02} {:02}:00:00,{}\n", unsigned{date.month()}, unsigned{date.day()}, hour % 24,
                       hour / 24 % 7 < 5 ? 20 + hour % 5 : 4 + hour % 2);
  }
  const auto expected = [&](const alerts::RuleOptions& rule) {
    const std::string last = detect(csv, "", rule).lines.back();
    REQUIRE(last.starts_with("2026-02-04 12:00:00,22,"));
    return std::stod(last.substr(last.find(",22,") + 4));
  };
  alerts::RuleOptions rule;
  rule.calendar_entries.resize(1);
  const std::chrono::local_days wednesday{std::chrono::year{2026} / 2 / 4};
  rule.calendar_entries[0].days = {{wednesday, wednesday}};
  rule.calendar_entries[0].as = std::chrono::Sunday;
  CHECK(expected(rule) < 0.5 * expected({}));
}

TEST_CASE("detect names the faulty line") {
  const auto error = [](const std::string& csv) {
    const Ran ran = detect(csv);
    CHECK(ran.status == 1);
    return ran.error;
  };
  CHECK(error("timestamp,value\n2026-01-05 00:00:00,1\n2026-01-05 00:05:00,x\n") ==
        "tapewatch: standard input: line 3: 'x' is not a count from 0 to 1000000\n");
  CHECK(error("2026-01-05 00:00:00,1\nnoon,2\n").find("line 2: 'noon' is not a timestamp") != std::string::npos);
  CHECK(error("2026-01-05 00:00:00,1\n2026-01-05 00:00:00,1\n").find("line 2: ") != std::string::npos);
  CHECK(error("2026-01-05 00:00:00,-1\n2026-01-05 00:05:00,-1\n").find("line 2: '-1'") != std::string::npos);
  CHECK(error("2026-01-05,1\n2026-01-06T00:00:00Z\n").find("line 2: two columns") != std::string::npos);
  CHECK(error("2026-01-05T00:00:00Z,1\n2026-01-07T00:00:00Z,1\n").find("2880 minutes apart") != std::string::npos);
  CHECK(error("").find("no row") != std::string::npos);
}

TEST_CASE("detect takes epochs, zones and Windows line ends") {
  const Ran ran = detect("1767571200,3\r\n1767571500,2\r\n");
  CHECK(ran.status == 0);
  CHECK(ran.lines.size() == 3);
  CHECK(detect("1767571200000,3\n1767571500000,2\n").status == 0);  // milliseconds
  CHECK(detect("2026-01-05T01:00:00+01:00,3\n2026-01-05T01:05:00+01:00,3\n").status == 0);
}

TEST_CASE("detect with the preset for posts tells an episode once, on quiet and busy series alike") {
  const auto posts = [](int scale) {
    std::string csv = "timestamp,value\n";
    for (int i = 0; i < 5 * 288; ++i) {
      int value = scale * (10 + (i * 7 + i / 3) % 6);
      if (i % 288 == 100) value *= 2;         // every day has a burst
      if (i >= 1000 && i < 1050) value *= 8;  // one lasts
      csv += fmt::format("2026-01-{:02} {:02}:{:02}:00,{}\n", 5 + i / 288, i / 12 % 24, i % 12 * 5, value);
    }
    return csv;
  };
  for (const int scale : {1, 100}) {
    const Ran ran = detect(posts(scale), "posts");
    REQUIRE(ran.status == 0);
    REQUIRE(ran.lines.size() == 5 * 288 + 1);
    CHECK(ran.lines[1].ends_with(",,,0"));  // two days are needed
    CHECK(ran.lines[1001].ends_with(",1"));
    CHECK(episodes(ran.lines) == 1);
  }
}
