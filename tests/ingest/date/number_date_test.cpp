#include "ingest/date/number_date.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;

std::optional<std::int64_t> at(std::string_view text) {
  const auto date = parse_number_date(text);
  return date ? std::optional(date->at.time_since_epoch().count()) : std::nullopt;
}

TEST_CASE("the size of an epoch tells its unit") {
  CHECK(at("1795788306") == 1'795'788'306'000);
  CHECK(at("1795788306.789") == 1'795'788'306'789);
  CHECK(at("1795788306.7") == 1'795'788'306'700);
  CHECK(at("1795788306789") == 1'795'788'306'789);
  CHECK(at("1795788306789012") == 1'795'788'306'789);
  CHECK(at("1795788306789012345") == 1'795'788'306'789);
  CHECK(at("1795788306789.5") == 1'795'788'306'789);
  CHECK(at("999999999999") == 999'999'999'999);  // twelve digits, but the 99th month
}

TEST_CASE("digits that are a date are read as one") {
  CHECK(at("20261127") == 1'795'737'600'000);
  CHECK(at("202611271405") == 1'795'788'300'000);
  CHECK(at("20261127140506") == 1'795'788'306'000);
  CHECK(at("20261127140506789") == 1'795'788'306'789);
  CHECK(parse_number_date("20261127")->midnight);
  CHECK(parse_number_date("20261127")->layout == "compact");
}

TEST_CASE("an epoch is read with an exponent, an at sign and in ASP.NET's frame") {
  CHECK(at("1.795788306789e12") == 1'795'788'306'789);
  CHECK(at("1.7957883065E9") == 1'795'788'306'500);
  CHECK(at("@1795788306") == 1'795'788'306'000);
  CHECK(at("/Date(1795788306789+0100)/") == 1'795'788'306'789);
  CHECK(parse_number_date(1795788306.789)->at == TimePoint(std::chrono::milliseconds(1'795'788'306'789)));
  CHECK_FALSE(parse_number_date(-1.0));
}

TEST_CASE("other digits are no time") {
  for (const char* text : {"", "0", "1", "50706789", "20261327", "99999999999999", "-1", "1.", ".5", "1e3", "1e400",
                           "12a", "@", "/Date(soon)/", "99999999999999999999", "12345678", "1.5.1"}) {
    INFO(text);
    CHECK_FALSE(at(text));
  }
}

}  // namespace
}  // namespace tapewatch::ingest
