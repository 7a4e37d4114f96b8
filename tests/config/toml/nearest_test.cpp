#include "config/toml/nearest.hpp"

#include <array>

#include "tests/support/catch.hpp"

using namespace tapewatch::config;

TEST_CASE("edit distance counts swaps of neighbours once") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("gruop_by", "group_by") == 1);
}

TEST_CASE("the nearest name is offered only when it is near") {
  constexpr std::array<std::string_view, 4> kKnown = {"group_by", "false_alarms", "min_stories", "severity"};
  CHECK(nearest_name("groupby", kKnown) == "group_by");
  CHECK(nearest_name("serverity", kKnown) == "severity");
  CHECK(nearest_name("false_alarm", kKnown) == "false_alarms");
  CHECK(nearest_name("min_stor", kKnown) == "min_stories");
  CHECK(nearest_name("colour", kKnown).empty());
  CHECK(did_you_mean("gruop_by", kKnown) == " (did you mean 'group_by'?)");
  CHECK(did_you_mean("xyz", kKnown).empty());
}
