#include "daemon/status.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("readiness names the time zone data in use, and the data a restart would use") {
  config::ZoneData used;
  used.version = "2025b";
  const auto same = time_zone_check(used, "2025b");
  CHECK(same.ok);
  CHECK(same.name == "time zones");
  CHECK(same.detail == "tzdata 2025b");
  const auto upgraded = time_zone_check(used, "2026f");
  CHECK(upgraded.ok);
  CHECK(upgraded.detail == "tzdata 2025b; 2026f is installed: restart to use it");
}

TEST_CASE("missing time zone data degrades and stops nothing") {
  config::ZoneData used;
  used.version = "unknown";
  used.trouble = "no time zone data in /usr/share/zoneinfo: install tzdata; only UTC is known";
  const auto check = time_zone_check(used, "unknown");
  CHECK_FALSE(check.ok);
  CHECK_FALSE(check.fatal);
  CHECK(check.detail == "tzdata unknown: " + used.trouble);
}
