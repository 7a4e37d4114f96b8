#include "storage/document/backfill.hpp"

#include "storage/clock.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/document/sequence_export.hpp"
#include "storage/maintain/retention.hpp"
#include "storage/mark.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct News : DocumentStore {
  std::int64_t add(const std::string& id, bool backfilled, std::int64_t minute = 0) {
    Transaction transaction(connection);
    const auto inserted = writer.insert(document("wire", id, at_minute(minute), "Title " + id), at_minute(60));
    if (backfilled) note_backfilled(connection, inserted.row_id);
    transaction.commit();
    return inserted.row_id;
  }
  std::string told() {
    std::string all;
    auto read = connection.prepare("SELECT coalesce(backfilled, '-') FROM document_view ORDER BY id");
    while (read.step()) all += read.text(0);
    return all;
  }
  /// The same by Backfills, of the documents up to `last`, from the first one on or from the last.
  std::string told_in_turn(std::int64_t last, bool upwards) {
    std::string all;
    Backfills backfills(connection);
    auto read = connection.prepare("SELECT id FROM document WHERE id <= ? ORDER BY id * ?");
    read.bind(1, last).bind(2, upwards ? 1 : -1);
    while (read.step()) {
      const auto included = backfills.includes(read.integer(0));
      all += included ? (*included ? "1" : "0") : "-";
    }
    return upwards ? all : std::string(all.rbegin(), all.rend());
  }
};

}  // namespace

TEST_CASE("each document says whether it came as history, and one after the other takes one row") {
  News news;
  std::vector<std::string> lines;
  for (const bool backfilled : {false, true, true, false, true, false}) {
    news.add(std::to_string(lines.size()), backfilled);
    lines.emplace_back();
    Transaction transaction(news.connection);
    Clock(news.connection).record_tick(at_minute(0));  // rows of the sequence that are not documents lie between
    transaction.commit();
  }
  CHECK(news.told() == "011010");
  CHECK(number(news.connection, "SELECT count(*) FROM backfill") == 2);
  std::string read;
  for (const auto& document : DocumentReader(news.connection).list({.order = DocumentOrder::oldest}).items) {
    read += *document.backfilled ? '1' : '0';
  }
  CHECK(read == "011010");
  std::string exported;
  export_sequence(news.connection, [&](const std::string& line) {
    if (line.find("\"title\"") == std::string::npos) return;
    exported += line.find("\"backfilled\":true") == std::string::npos ? '0' : '1';
  });
  CHECK(exported == "011010");
}

TEST_CASE("documents asked for one after the other say the same") {
  News news;
  std::int64_t last = 0;
  for (const char kind : std::string("0010111001101")) last = news.add(std::to_string(last), kind == '1');
  CHECK(news.told_in_turn(last, true) == "0010111001101");
  CHECK(news.told_in_turn(last, false) == "0010111001101");
  {
    Transaction transaction(news.connection);
    raise_mark(news.connection, kBackfillUnknown, 5);
    transaction.commit();
  }
  CHECK(news.told_in_turn(last, true) == "-----11001101");
  CHECK(news.told_in_turn(last, false) == "-----11001101");
}

TEST_CASE("a revision leaves what its document's arrival was") {
  News news;
  news.add("1", false);
  news.add("2", true);
  store(news.connection, news.writer, document("wire", "2", at_minute(0), "Another title"));
  CHECK(news.told() == "01");
}

TEST_CASE("of documents from before it was kept, it is not known") {
  News news;
  const std::int64_t before = news.add("1", false);
  {
    Transaction transaction(news.connection);
    raise_mark(news.connection, kBackfillUnknown, before);
    transaction.commit();
  }
  news.add("2", false);
  news.add("3", true);
  CHECK(news.told() == "-01");
  const DocumentReader reader(news.connection);
  CHECK_FALSE(reader.find("wire", "1")->backfilled);
  CHECK(reader.find("wire", "2")->backfilled == false);
  CHECK(reader.find("wire", "3")->backfilled == true);
}

TEST_CASE("what is kept of documents that retention has deleted goes with them") {
  News news;
  news.add("1", true);
  news.add("2", false, 5);
  news.add("3", true, 5);
  StorageOptions options;
  options.retention.documents = hours(1);
  Transaction transaction(news.connection);
  Retention(news.connection, options).sweep(at_minute(62), 100);
  transaction.commit();
  CHECK(news.told() == "01");
  CHECK(number(news.connection, "SELECT count(*) FROM backfill") == 1);
}
