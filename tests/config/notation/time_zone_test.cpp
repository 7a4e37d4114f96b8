#include "config/notation/time_zone.hpp"

#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include "config/zone_data.hpp"
#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using tapewatch::notation::format_rfc3339;
using tapewatch::notation::Milliseconds;
using tapewatch::notation::parse_rfc3339;
using tapewatch::notation::TimeZone;

namespace {

constexpr int kFirstYear = 2023;
constexpr int kLastYear = 2026;

std::chrono::local_days day(int year, unsigned month, unsigned day_of_month) {
  return std::chrono::local_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day_of_month));
}

std::string begins(const char* zone, std::chrono::local_days date) {
  return format_rfc3339(TimeZone::find(zone).value().first_instant(date));
}

Milliseconds instant(std::int64_t seconds) { return Milliseconds(std::chrono::seconds(seconds)); }

/// One zone's line of zone_days.py.
struct Calendar {
  explicit Calendar(const std::string& line) {
    std::istringstream in(line);
    std::string first_offset, first_start, days, steps;
    std::getline(in, name, '\t');
    std::getline(in, first_offset, '\t');
    std::getline(in, first_start, '\t');
    std::getline(in, days, '\t');
    std::getline(in, steps, '\t');
    offset = std::stoll(first_offset);
    start = std::stoll(first_start);
    lengths = pairs(days);
    changes = pairs(steps);
  }

  static std::map<std::int64_t, std::int64_t> pairs(const std::string& text) {
    std::map<std::int64_t, std::int64_t> read;
    std::istringstream in(text);
    for (std::string pair; std::getline(in, pair, ',');) {
      read[std::stoll(pair)] = std::stoll(pair.substr(pair.find(':') + 1));
    }
    return read;
  }

  std::int64_t offset_at(std::int64_t at) const {
    const auto after = changes.upper_bound(at);
    return after == changes.begin() ? offset : std::prev(after)->second;
  }

  std::string name;
  std::int64_t offset = 0, start = 0;
  std::map<std::int64_t, std::int64_t> lengths, changes;
};

/// The first difference, or "".
std::string difference(const Calendar& expected) {
  const auto zone = TimeZone::find(expected.name);
  if (!zone) return expected.name + " is not known";
  std::int64_t start = expected.start;
  std::int64_t index = 0;
  for (auto date = day(kFirstYear, 1, 1); date <= day(kLastYear, 12, 31); date += std::chrono::days(1), ++index) {
    const auto where = expected.name + " on " + std::to_string(index) + ", " + format_rfc3339(instant(start));
    if (zone->first_instant(date) != instant(start)) return where + ": begins at another instant";
    for (const std::int64_t at : {start, start + 39'600, start + 43'200}) {
      if (zone->offset(instant(at)).count() != expected.offset_at(at)) return where + ": another offset";
    }
    if (zone->day(instant(start)) < date) return where + ": its first instant shows an earlier day";
    const auto length = expected.lengths.find(index);
    start += length == expected.lengths.end() ? 86'400 : length->second;
  }
  for (const auto& [at, after] : expected.changes) {
    const auto where = expected.name + ", " + format_rfc3339(instant(at));
    if (zone->offset(instant(at)).count() != after) return where + ": another offset after the change";
    if (zone->offset(instant(at) - 1ms).count() != expected.offset_at(at - 1)) return where + ": changes too early";
  }
  return "";
}

/// The output of zone_days.py; nothing without a python3 with zoneinfo.
std::optional<std::string> python_calendars() {
  if (std::system("python3 -c 'import zoneinfo' 2>/dev/null") != 0) return std::nullopt;
  const std::string command = "PYTHONTZPATH=/usr/share/zoneinfo timeout 120 python3 " TAPEWATCH_SOURCE_DIR
                              "/tests/config/notation/zone_days.py " +
                              std::to_string(kFirstYear) + ' ' + std::to_string(kLastYear);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   [](FILE* file) { return pclose(file); });
  REQUIRE(pipe);
  std::string text;
  std::array<char, 4096> block{};
  while (const std::size_t read = std::fread(block.data(), 1, block.size(), pipe.get())) {
    text.append(block.data(), read);
  }
  return text;
}

}  // namespace

TEST_CASE("of a midnight that occurs twice the first one counts") {
  CHECK(begins("America/Havana", day(2026, 11, 1)) == "2026-11-01T04:00:00.000Z");    // again at 05:00
  CHECK(begins("Atlantic/Azores", day(2026, 10, 25)) == "2026-10-25T00:00:00.000Z");  // again at 01:00
  CHECK(begins("America/Havana", day(2026, 11, 2)) == "2026-11-02T05:00:00.000Z");
}

TEST_CASE("a day without its midnight begins after the gap, and a skipped day with the next one") {
  CHECK(begins("Asia/Beirut", day(2026, 3, 29)) == "2026-03-28T22:00:00.000Z");  // 01:00 summer time
  CHECK(begins("Pacific/Apia", day(2011, 12, 30)) == begins("Pacific/Apia", day(2011, 12, 31)));
  CHECK(begins("Pacific/Apia", day(2011, 12, 31)) == "2011-12-30T10:00:00.000Z");
}

TEST_CASE("the rules are those of the system's data, which ICU 72 does not have") {
  const auto offset = [](const char* zone, const char* at) {
    return TimeZone::find(zone).value().offset(parse_rfc3339(at).value());
  };
  CHECK(offset("America/Mexico_City", "2026-07-01T00:00:00Z") == -6h);
  CHECK(offset("Asia/Almaty", "2026-07-01T00:00:00Z") == 5h);
  CHECK(offset("America/Nuuk", "2026-01-01T00:00:00Z") == -2h);
  CHECK(offset("Africa/Cairo", "2026-07-01T00:00:00Z") == 3h);
  CHECK(offset("America/Asuncion", "2026-07-01T00:00:00Z") == -3h);
  CHECK(offset("America/Ciudad_Juarez", "2026-07-01T00:00:00Z") == -6h);
  CHECK(offset("America/Coyhaique", "2026-07-01T00:00:00Z") == -3h);
  CHECK(offset("Asia/Calcutta", "2026-07-01T00:00:00Z") == 5h + 30min);  // an alias
  CHECK(offset("UTC", "2026-07-01T00:00:00Z") == 0h);
  CHECK(TimeZone::find("Europe/Berlin").value().day(parse_rfc3339("2026-07-01T22:00:00Z").value()) == day(2026, 7, 2));
}

TEST_CASE("what is not the name of a zone is not found") {
  for (const char* name : {"Mars/Olympus", "GMT+5", "", "europe/london", "PST", "localtime", "posixrules", "Factory",
                           "posix/Europe/London", "right/Europe/London", "tzdata.zi", "zone.tab", "Europe",
                           "../../../etc/passwd", "/etc/localtime"}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::find(name));
  }
}

TEST_CASE("every zone of the system has Python's days and offsets over four years") {
  const auto text = python_calendars();
  if (!text) {
    std::cout << "SKIP: zones beside Python's zoneinfo: there is no python3 (3.9 or later)" << std::endl;
    return;
  }
  std::vector<std::string> names, differences;
  std::istringstream in(*text);
  for (std::string line; std::getline(in, line);) {
    const Calendar calendar(line);
    if (calendar.name == "Factory" || calendar.name == "localtime") continue;  // not a place; another zone elsewhere
    names.push_back(calendar.name);
    if (auto found = difference(calendar); !found.empty()) differences.push_back(std::move(found));
  }
  CHECK(differences == std::vector<std::string>{});
  CHECK(names == tapewatch::config::load_zone_data().names);
  CHECK(names.size() > 400);
}
