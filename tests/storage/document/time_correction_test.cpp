#include "storage/document/time_correction.hpp"

#include "storage/clock.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/document/title_hash.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

/// A document whose source gave no time: it is dated by its arrival.
DocumentRow undated(const std::string& id, std::int64_t minute, const std::string& title) {
  DocumentRow row = document("wire", id, at_minute(minute), title);
  row.published_from = "received";
  row.entities = {entity("halden"), entity("ostrava")};
  return row;
}

struct Bench {
  Corrected reanchor(std::int64_t from, std::int64_t to, std::int64_t since) {
    Transaction transaction(connection);
    Reanchoring row{0, since, at_minute(from), at_minute(to)};
    row.seq = Clock(connection).record_reanchoring(row.from, row.to, since);
    const Corrected done = TimeCorrection(connection).apply(row);
    transaction.commit();
    return done;
  }
  std::int64_t minute(const std::string& id) {
    return (number(connection, "SELECT at FROM document WHERE external_id = '" + id + "'") - to_ms(at_minute(0))) /
           60'000;
  }
  void check_sound() {
    for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
  }

  TempFolder folder;
  Connection connection = open_new(folder.file());
  DocumentWriter writer{connection, {}};
};

}  // namespace

TEST_CASE("correction: what the wrong clock dated moves, with roll-ups, story and last_seen; a source's date is held") {
  Bench bench;
  store(bench.connection, bench.writer, document("wire", "before", at_minute(0), "Before"));
  store(bench.connection, bench.writer, undated("first", 605, "A story"));
  store(bench.connection, bench.writer, undated("second", 606, "A story"));
  store(bench.connection, bench.writer, document("other", "right", at_minute(7), "Right"));
  store(bench.connection, bench.writer, document("other", "later", at_minute(600), "Later"));
  const auto done = bench.reanchor(606, 10, 1);
  CHECK(done.restamped == 2);
  CHECK(done.held == 1);
  CHECK(bench.minute("first") == 9);
  CHECK(bench.minute("second") == 10);
  CHECK(bench.minute("right") == 7);
  CHECK(bench.minute("later") == 600);
  CHECK(number(bench.connection, "SELECT first_at FROM story WHERE title_hash = " +
                                     std::to_string(*title_hash("A story"))) == to_ms(at_minute(9)));
  CHECK(Clock(bench.connection).event_time() == at_minute(10));
  bench.check_sound();

  const SequenceReader sequence(bench.connection);
  CHECK(sequence.newest() == at_minute(10));
  CHECK(sequence.after(0, 100).size() == 4);
  CHECK_FALSE(sequence.first_after(at_minute(10)));
  CHECK(sequence.first_held(at_minute(10), at_minute(700)) == 2);
  CHECK_FALSE(sequence.first_held(at_minute(10), at_minute(599)));

  SECTION("forth: all of it returns, and what came meanwhile is moved") {
    store(bench.connection, bench.writer, undated("meanwhile", 12, "Meanwhile"));
    const auto back = bench.reanchor(12, 620, 1);
    CHECK(back.released == 1);
    CHECK(back.restamped == 3);
    CHECK(bench.minute("first") == 605);
    CHECK(bench.minute("second") == 606);
    CHECK(bench.minute("meanwhile") == 608);
    CHECK(sequence.after(0, 100).size() == 6);
    CHECK(number(bench.connection, "SELECT count(*) FROM restamped") == 1);
    bench.check_sound();
  }
}

TEST_CASE("correction: ticks that are later than the clock are held, and return") {
  Bench bench;
  store(bench.connection, bench.writer, document("wire", "1", at_minute(0), "One"));
  {
    Transaction transaction(bench.connection);
    Clock(bench.connection).record_tick(at_minute(1));
    Clock(bench.connection).record_tick(at_minute(300));
    transaction.commit();
  }
  bench.reanchor(300, 2, 1);
  const SequenceReader sequence(bench.connection);
  CHECK(sequence.after(0, 100).size() == 2);
  bench.reanchor(2, 310, 1);
  CHECK(sequence.after(0, 100).size() == 3);
}

TEST_CASE("correction: companies' votes that a revision brought in move with the document") {
  Bench bench;
  store(bench.connection, bench.writer, undated("a", 600, "A story"));
  auto revised = undated("a", 600, "A story, told anew");
  revised.topic = "mergers";
  revised.model_version = "test-2";
  revised.entities = {entity("ostrava"), entity("kesmar")};
  store(bench.connection, bench.writer, revised);
  store(bench.connection, bench.writer, undated("b", 601, "A story"));
  CHECK(bench.reanchor(601, 10, 0).restamped == 2);
  const std::string later = " WHERE last_seen > " + std::to_string(to_ms(at_minute(10)));
  for (const std::string table : {"source", "topic", "entity"}) {
    CHECK(number(bench.connection, "SELECT count(*) FROM " + table + later) == 0);
  }
  bench.check_sound();
}
