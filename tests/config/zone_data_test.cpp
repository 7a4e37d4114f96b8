#include "config/zone_data.hpp"

#include <algorithm>
#include <fstream>

#include "tests/support/catch.hpp"

using namespace tapewatch::config;

TEST_CASE("the zone data: a version, every zone, no trouble with Debian's files") {
  const auto data = load_zone_data();
  CHECK(data.trouble.empty());
  CHECK(data.version == installed_zone_version());
  CHECK(data.version.starts_with("20"));  // "2025b"
  CHECK(std::is_sorted(data.names.begin(), data.names.end()));
  for (const char* name : {"Europe/London", "Asia/Calcutta", "America/Argentina/Buenos_Aires", "UTC"}) {
    CAPTURE(name);
    CHECK(std::binary_search(data.names.begin(), data.names.end(), name));
  }
  CHECK_FALSE(std::binary_search(data.names.begin(), data.names.end(), "localtime"));
}

TEST_CASE("an unknown zone name is answered with the nearest") {
  CHECK(unknown_zone("Europe/Lodnon") == "\"Europe/Lodnon\" is not an IANA time zone; did you mean Europe/London?");
  CHECK(unknown_zone("new_york") == "\"new_york\" is not an IANA time zone; did you mean America/New_York?");
  CHECK(unknown_zone("posix/Asia/Tokyo") == "\"posix/Asia/Tokyo\" is not an IANA time zone; did you mean Asia/Tokyo?");
  CHECK(unknown_zone("Somewhere/Entirely/Different") ==
        "\"Somewhere/Entirely/Different\" is not an IANA time zone such as Europe/London");
}

TEST_CASE("a rule beyond the table is detected at the end of a zone's file") {
  CHECK(ends_in_daylight_rule("/usr/share/zoneinfo/America/New_York"));
  CHECK_FALSE(ends_in_daylight_rule("/usr/share/zoneinfo/Asia/Tokyo"));
  CHECK_FALSE(ends_in_daylight_rule("/usr/share/zoneinfo/tzdata.zi"));
  CHECK_FALSE(ends_in_daylight_rule("/nonexistent"));
}
