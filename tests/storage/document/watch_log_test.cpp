#include "storage/document/watch_log.hpp"

#include "storage/clock.hpp"
#include "storage/mark.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

/// Hours from 09:00 on; buckets of one.
struct Bench : DocumentStore {
  void set(const std::set<std::string>& entities, std::int64_t hour) {
    Transaction transaction(connection);
    log.set(entities, at_minute(60 * hour));
    transaction.commit();
  }
  void fill(TimePoint from, TimePoint to, std::int64_t hour) {
    Transaction transaction(connection);
    const auto unread = log.unread(from, to);
    log.fill(unread, from, to, at_minute(60 * hour));
    transaction.commit();
  }
  std::string watched(const std::vector<std::string>& entities, std::optional<std::int64_t> as_of = std::nullopt) {
    std::vector<TimePoint> edges;
    for (int hour = 0; hour <= 6; ++hour) edges.push_back(at_minute(60 * hour));
    std::string all;
    for (const bool one : log.watched(entities, edges, as_of)) all += one ? '1' : '0';
    return all;
  }
  void news(const std::string& id) { add(document("wire", id, at_minute(0), "Title " + id)); }

  WatchLog log{connection};
};

}  // namespace

TEST_CASE("a company is watched from when it joins the watch list until it leaves") {
  Bench bench;
  bench.set({"acme"}, 0);
  bench.news("1");
  bench.set({"acme", "bolt"}, 2);
  bench.set({"acme", "bolt"}, 3);
  CHECK(bench.watched({"acme"}) == "111111");
  CHECK(bench.watched({"bolt"}) == "001111");
  CHECK(bench.watched({"acme", "bolt"}) == "001111");
  bench.set({"acme"}, 4);
  CHECK(bench.watched({"bolt"}) == "001100");
  bench.set({"acme", "bolt"}, 5);
  CHECK(bench.watched({"bolt"}) == "001101");
  CHECK(number(bench.connection, "SELECT count(*) FROM watch_span") == 3);
}

TEST_CASE("a bucket in which a company joins is not watched as a whole") {
  Bench bench;
  bench.set({}, 0);
  bench.news("1");
  Transaction transaction(bench.connection);
  bench.log.set({"bolt"}, at_minute(150));
  transaction.commit();
  CHECK(bench.watched({"bolt"}) == "000111");
}

TEST_CASE("without documents there is no past to be read") {
  Bench bench;
  bench.set({"acme"}, 0);
  bench.set({"acme", "bolt"}, 2);
  CHECK(bench.watched({"bolt"}) == "111111");
}

TEST_CASE("the first watch list of a database with history counts for all of it, but not for companies off the list") {
  Bench bench;
  auto row = document("wire", "1", at_minute(0), "Bolt falls");
  row.entities = {entity("bolt")};
  bench.add(row);
  CHECK(bench.watched({"bolt"}) == "111111");  // nothing is known
  bench.set({"acme"}, 3);
  CHECK(bench.watched({"acme"}) == "111111");
  CHECK(bench.watched({"bolt"}) == "111000");
  CHECK(bench.log.unread(TimePoint::min(), TimePoint::max()).empty());
}

TEST_CASE("what is read later is watched, and is not read again") {
  Bench bench;
  bench.set({"acme"}, 0);
  bench.news("1");
  bench.set({"acme", "bolt"}, 4);
  const auto unread = bench.log.unread(TimePoint::min(), TimePoint::max());
  REQUIRE(unread.size() == 1);
  CHECK(unread[0].entity == "bolt");
  CHECK(unread[0].watched_from == at_minute(240));
  CHECK(unread[0].seq == Clock(bench.connection).last_seq());
  bench.fill(at_minute(60), at_minute(120), 5);
  CHECK(bench.watched({"bolt"}) == "010011");
  CHECK(bench.log.unread(at_minute(60), at_minute(120)).empty());
  CHECK(bench.log.unread(at_minute(60), at_minute(180)).size() == 1);
  CHECK(bench.log.unread(at_minute(240), TimePoint::max()).empty());
  bench.news("2");
  const std::int64_t before = Clock(bench.connection).last_seq() - 1;
  bench.fill(TimePoint::min(), TimePoint::max(), 5);
  CHECK(bench.watched({"bolt"}) == "111111");
  CHECK(bench.watched({"bolt"}, before) == "010011");
  CHECK(bench.log.unread(TimePoint::min(), TimePoint::max()).empty());
}

TEST_CASE("what retention has deleted cannot be read later") {
  Bench bench;
  bench.set({"acme"}, 0);
  bench.news("1");
  bench.set({"acme", "bolt"}, 4);
  {
    Transaction transaction(bench.connection);
    raise_mark(bench.connection, kSweptBefore, to_ms(at_minute(120)));
    transaction.commit();
  }
  bench.fill(TimePoint::min(), TimePoint::max(), 5);
  CHECK(bench.watched({"bolt"}) == "001111");
  CHECK(bench.log.unread(TimePoint::min(), TimePoint::max()).empty());
}
