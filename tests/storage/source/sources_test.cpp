#include "storage/alert/detector_state.hpp"
#include "storage/maintain/storage_counts.hpp"
#include "storage/source/dead_letters.hpp"
#include "storage/source/source_coverage.hpp"
#include "storage/source/source_positions.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("positions are kept by source, cluster, topic and partition") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  SourcePositions positions(connection);
  CHECK(positions.load("wire").empty());
  positions.advance({"c1", "news", 1, 10}, "wire");
  positions.advance({"c1", "news", 0, 7}, "wire");
  positions.advance({"c1", "news", 1, 12}, "wire");
  positions.advance({"c2", "news", 1, 3}, "wire");
  positions.advance({"c1", "news", 1, 99}, "other");
  const auto found = positions.load("wire");
  REQUIRE(found.size() == 3);
  CHECK(found[0].next_offset == 7);
  CHECK(found[1].next_offset == 12);
  CHECK(found[2].cluster == "c2");
  positions.advance({"c1", "news", 1, 2}, "wire");  // the log was cut: backwards is allowed
  CHECK(positions.load("wire")[1].next_offset == 2);

  CHECK_FALSE(positions.feed_state("fed"));
  positions.set_feed_state("fed", R"({"etag":"x"})");
  positions.set_feed_state("fed", R"({"etag":"y"})");
  CHECK(*positions.feed_state("fed") == R"({"etag":"y"})");
  CHECK_THROWS_AS(positions.set_feed_state("fed", "not json"), StorageError);
}

TEST_CASE("detector states are opaque bytes by rule and key") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  DetectorStateStore store(connection);
  const std::string blob("\0\x01\xff bytes", 9);
  store.save("b", "k", "1");
  store.save("a", "z", blob);
  store.save("a", "y", "to be forgotten");
  store.save("b", "k", "2");
  auto all = store.load_all();
  REQUIRE(all.size() == 3);
  CHECK(all[0].key == "y");
  CHECK(all[1].blob == blob);
  CHECK(all[2].blob == "2");
  store.save("a", "y", "");
  store.save("a", "never there", "");
  all = store.load_all();
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == "z");
}

TEST_CASE("dead letters keep the bytes to a bound, are forwarded once, and are themselves bounded") {
  const TempFolder folder;
  StorageOptions options;
  options.max_dead_letter_bytes = 8;
  options.max_dead_letters = 5;
  auto connection = Connection::open_writer(folder.file(), options);
  DeadLetters letters(connection, options);
  const std::string payload("\0\xffthat is long", 14);
  const auto id = letters.record("wire", "/headline", "missing", payload, "news/0@17", at_minute(0));
  const auto pending = letters.pending_forward("wire", 10);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].payload == payload.substr(0, 8));
  CHECK(pending[0].payload_bytes == 14);
  CHECK(pending[0].pointer == "/headline");
  CHECK(pending[0].position == "news/0@17");
  CHECK(letters.pending_forward("other", 10).empty());
  letters.mark_forwarded(std::span(&id, 1), at_minute(1));
  CHECK(letters.pending_forward("wire", 10).empty());
  CHECK(letters.list("", 10).at(0).forwarded);
  for (int i = 0; i < 20; ++i) letters.record("wire", "", "reason", "", "", at_minute(i));
  CHECK(letters.count() == 5);
}

TEST_CASE("coverage tells a dead source from a quiet hour") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
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

TEST_CASE("coverage: a source that never answered is missed from its first failure on") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
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

TEST_CASE("coverage: what is not configured is not missed, and is again when it comes back") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
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

TEST_CASE("coverage of a publisher is that of the source that carries it; of a pushed one nothing is claimed") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
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
  auto connection = Connection::open_writer(folder.file());
  SourceCoverage coverage(connection, {});
  for (int minute = 0; minute < 600; ++minute) coverage.success("wire", at_minute(minute), minutes(3));
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 1);
  for (int minute = 500; minute < 700; ++minute) coverage.success("wire", at_minute(minute), minutes(3));
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 1);
  const std::vector<TimePoint> edges = {at_minute(0), at_minute(300), at_minute(700)};
  for (const auto& share : coverage.coverage(edges, {}, at_minute(700))) CHECK(share == 1.0);
}

TEST_CASE("counts and sizes for the metrics") {
  const TempFolder folder;
  auto connection = Connection::open_writer(folder.file());
  DocumentWriter writer(connection, {});
  store(connection, writer, document("wire", "1", at_minute(0), "A"));
  auto reader = Connection::open_reader(folder.file());
  const auto counts = read_counts(reader);
  CHECK(counts.documents == 1);
  CHECK(counts.seq == 1);
  CHECK(*counts.event_time == at_minute(0));
  CHECK(counts.database_bytes > 0);
  CHECK(counts.wal_bytes > 0);
  CHECK(free_bytes(folder.file()) > 0);
  CHECK(free_bytes(folder.file("not/yet/there.db")) == free_bytes(folder.file()));
  CHECK(free_bytes("relative.db") > 0);
}
