#include "storage/source/source_coverage.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("coverage tells a dead source from a quiet hour") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourceCoverage coverage(connection, {});
  const std::vector<TimePoint> edges = {at_minute(0), at_minute(60), at_minute(120), at_minute(180)};
  CHECK_FALSE(coverage.coverage(edges, {}, at_minute(999))[0]);
  for (int minute = 0; minute < 90; minute += 10) coverage.success("wire", at_minute(minute), minutes(15));
  coverage.failure("wire", at_minute(100), "503");
  coverage.success("wire", at_minute(150), minutes(15));
  auto shares = coverage.coverage(edges, {}, at_minute(999));
  CHECK(*shares[0] == Approx(1.0));
  CHECK(*shares[1] == Approx(35.0 / 60));
  CHECK(*shares[2] == Approx(15.0 / 60));
  CHECK(*coverage.coverage(edges, {}, at_minute(165))[2] == Approx(15.0 / 45));  // the future is not missing
  coverage.success("fed", at_minute(120), minutes(60));                          // not missed before it was known
  shares = coverage.coverage(edges, {}, at_minute(999));
  CHECK(*shares[1] == Approx(35.0 / 60));
  CHECK(*shares[2] == Approx(75.0 / 120));
  const std::vector<std::string> fed = {"fed"};
  CHECK_FALSE(coverage.coverage(edges, fed, at_minute(999))[0]);
  const auto all = coverage.all();
  REQUIRE(all.size() == 2);
  CHECK(all[1].source == "wire");
  CHECK(all[1].successes == 10);
  CHECK(all[1].errors == 1);
  CHECK(all[1].last_error == "503");
  CHECK(*all[1].last_success == at_minute(150));
}

TEST_CASE("coverage: a source that never answered counts as missing from its first failure on") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourceCoverage coverage(connection, {});
  const std::vector<TimePoint> hour = {at_minute(0), at_minute(60)};
  coverage.failure("dead", at_minute(30), "refused");
  coverage.failure("dead", at_minute(40), "refused");
  CHECK(*coverage.coverage(hour, {}, at_minute(999))[0] == 0.0);
  coverage.success("alive", at_minute(0), minutes(60));
  CHECK(*coverage.coverage(hour, {}, at_minute(999))[0] == Approx(60.0 / 90));
  coverage.success("dead", at_minute(45), minutes(15));
  CHECK(*coverage.coverage(hour, {}, at_minute(999))[0] == Approx(75.0 / 90));
}

TEST_CASE("coverage: a removed source does not count as missing, until it is configured again") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourceCoverage coverage(connection, {});
  const std::vector<TimePoint> edges = {at_minute(0), at_minute(60), at_minute(120), at_minute(180)};
  const std::vector<std::string> both = {"fed", "wire"}, one = {"wire"};
  coverage.success("fed", at_minute(0), minutes(30));
  coverage.success("wire", at_minute(0), minutes(180));
  coverage.configure(both, at_minute(20));  // nothing changes
  coverage.configure(one, at_minute(60));
  coverage.configure(one, at_minute(70));
  auto shares = coverage.coverage(edges, {}, at_minute(999));
  CHECK(*shares[0] == Approx(90.0 / 120));
  CHECK(*shares[1] == 1.0);
  const std::vector<std::string> fed = {"fed"};
  CHECK_FALSE(coverage.coverage(edges, fed, at_minute(999))[1]);
  coverage.configure(both, at_minute(150));
  coverage.success("fed", at_minute(160), minutes(20));
  shares = coverage.coverage(edges, fed, at_minute(999));
  CHECK_FALSE(shares[1]);
  CHECK(*shares[2] == Approx(20.0 / 30));
}

TEST_CASE("coverage of a publisher is that of the source that carries it; that of a pushed one is unknown") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourceCoverage coverage(connection, {});
  const std::vector<TimePoint> hour = {at_minute(0), at_minute(60)};
  coverage.success("wire", at_minute(0), minutes(45));
  coverage.carry("agency", "wire");
  coverage.carry("agency", "wire");
  const std::vector<std::string> agency = {"agency"}, twice = {"agency", "wire"}, pushed = {"my-desk"};
  CHECK(*coverage.coverage(hour, agency, at_minute(60))[0] == Approx(0.75));
  CHECK(*coverage.coverage(hour, twice, at_minute(60))[0] == Approx(0.75));
  CHECK_FALSE(coverage.coverage(hour, pushed, at_minute(60))[0]);
}

TEST_CASE("coverage: an unbroken year is one row, also where the clock is set back") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  SourceCoverage coverage(connection, {});
  for (int minute = 0; minute < 600; ++minute) coverage.success("wire", at_minute(minute), minutes(3));
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 1);
  for (int minute = 500; minute < 700; ++minute) coverage.success("wire", at_minute(minute), minutes(3));
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 1);
  const std::vector<TimePoint> edges = {at_minute(0), at_minute(300), at_minute(700)};
  for (const auto& share : coverage.coverage(edges, {}, at_minute(700))) CHECK(share == 1.0);
}
