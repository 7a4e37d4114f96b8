#pragma once
// Clocks and calendars for tests of rules that keep them.
#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts::test {

/// London's clock from 2025 to 2027.
inline LocalClock london() {
  using namespace std::chrono_literals;
  const auto on = [](std::chrono::year_month_day day) { return std::chrono::sys_days{day} + 1h; };
  return {{{on(std::chrono::year{2025} / 10 / 26), 0s},
           {on(std::chrono::year{2026} / 3 / 29), 3600s},
           {on(std::chrono::year{2026} / 10 / 25), 0s},
           {on(std::chrono::year{2027} / 3 / 28), 3600s}}};
}

inline void keep_london(RuleOptions& rule) {
  rule.tz = "Europe/London";
  rule.clock = london();
}

inline std::chrono::local_days local_day(int year, unsigned month, unsigned day) {
  return std::chrono::local_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

inline CalendarEntry entry_for(std::chrono::local_days first, std::chrono::local_days last) {
  CalendarEntry entry;
  entry.name = "holidays";
  entry.days = {{first, last}};
  return entry;
}

}  // namespace tapewatch::alerts::test
