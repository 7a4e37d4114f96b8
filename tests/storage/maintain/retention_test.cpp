#include "storage/maintain/retention.hpp"

#include "storage/document/document_reader.hpp"
#include "storage/document/story_reader.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/storage/alert/alert_support.hpp"
#include "tests/storage/maintain/maintain_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

constexpr std::int64_t kDay = 1440;

std::string series_text(Connection& connection, std::int64_t bucket_minutes, std::int64_t until, bool by_entity) {
  SentimentQuery query;
  query.by_source = true;
  query.by_entity = by_entity;
  for (std::int64_t minute = 0; minute <= until; minute += bucket_minutes) query.edges.push_back(at_minute(minute));
  std::string text;
  for (const auto& series : SentimentReader(connection).read(query).series) {
    text += *series.key.source + series.key.entity.value_or("") + ":";
    for (const auto& point : series.points) {
      text += std::to_string(point.bucket) + "," + std::to_string(point.documents) + "," +
              std::to_string(point.stories) + "," + std::to_string(point.sum) + " ";
    }
  }
  return text;
}

Swept sweep(Connection& connection, const StorageOptions& options, TimePoint now, std::int64_t budget) {
  Transaction transaction(connection);
  const Swept swept = Retention(connection, options).sweep(now, budget);
  transaction.commit();
  return swept;
}

}  // namespace

TEST_CASE("the history of the sources' health is deleted with the last roll-ups") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  StorageOptions options;
  SourceCoverage coverage(connection, options);
  const std::vector<std::string> none;
  for (int i = 0; i < 50; ++i) coverage.success("fed", at_minute(10 * i), minutes(5));
  coverage.configure(none, at_minute(500));
  const std::vector<std::string> fed = {"fed"};
  coverage.configure(fed, at_minute(600));
  const TimePoint now = at_minute(700) + options.retention.quarters;
  while (sweep(connection, options, now - std::chrono::minutes(400), 7).more) {
  }
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 20);
  CHECK(number(connection, "SELECT count(*) FROM source_absence") == 1);
  while (sweep(connection, options, now, 7).more) {
  }
  CHECK(number(connection, "SELECT count(*) FROM source_span") == 0);
  CHECK(number(connection, "SELECT count(*) FROM source_absence") == 0);
}

TEST_CASE("minutes are merged into quarter hours in small batches, and no sum changes") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 600, 4);  // 40 hours
  const auto before = series_text(connection, 15, 2400, false),
             before_entities = series_text(connection, 15, 2400, true);
  const auto minutes_before = number(connection, "SELECT count(*) FROM rollup_topic");
  StorageOptions options;
  options.retention.minutes = hours(24 * 90);
  const TimePoint now = at_minute(1203) + options.retention.minutes;
  int bites = 0;
  while (sweep(connection, options, now, 20).more) {
    ++bites;
    CHECK(check_database(connection).problems.empty());  // a half-merged state is sound too
  }
  CHECK(bites > 5);
  CHECK(number(connection, "SELECT count(*) FROM rollup_topic") < minutes_before);
  CHECK(series_text(connection, 15, 2400, false) == before);
  CHECK(series_text(connection, 15, 2400, true) == before_entities);
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(1)};
  CHECK(*SentimentReader(connection).read(query).folded_before == at_minute(1200));

  // Late documents are counted in the quarter hour.
  DocumentWriter writer(connection, {});
  store(connection, writer, document("source0", "late", at_minute(7), "late title"));
  CHECK(number(connection, "SELECT count(*) FROM rollup_topic WHERE minute = " +
                               std::to_string(to_ms(at_minute(7)) / 60'000)) == 0);
  const auto report = check_database(connection);
  for (const auto& problem : report.problems) FAIL_CHECK(problem);
}

TEST_CASE("raw rows go, roll-ups and identities stay") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 100, kDay / 10);  // ten days
  StorageOptions options;
  options.retention.documents = hours(24 * 5);
  const auto before = series_text(connection, kDay, 10 * kDay, false);
  const TimePoint now = at_minute(10 * kDay);
  while (sweep(connection, options, now, 7).more) {
  }
  CHECK(number(connection, "SELECT count(*) FROM document") == 50);
  CHECK(number(connection, "SELECT count(*) FROM remembered") == 50);
  CHECK(series_text(connection, kDay, 10 * kDay, false) == before);
  CHECK(DocumentReader(connection).list({.q = "title 3"}).items.empty());
  CHECK(DocumentReader(connection).list({.q = "title 30"}).items.size() == 2);
  DocumentWriter writer(connection, {});
  const auto again = store(connection, writer, document("source0", "0", at_minute(0), "title 0"));
  CHECK(again.outcome == Outcome::repeated);
  CHECK(again.row_id == 1);
  CHECK(series_text(connection, kDay, 10 * kDay, false) == before);
  const auto report = check_database(connection);
  CHECK(report.problems.empty());
  CHECK_FALSE(report.rollups_compared);
}

TEST_CASE("past the last limit roll-ups and identities are deleted as well") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 50, kDay / 10);
  StorageOptions options;
  options.retention = {hours(24), hours(48), hours(72)};
  while (sweep(connection, options, at_minute(5 * kDay), 9).more) {
  }
  CHECK(number(connection, "SELECT count(*) FROM document") == 10);
  CHECK(number(connection, "SELECT count(*) FROM remembered") == 20);
  CHECK(number(connection, "SELECT count(*) FROM rollup_topic") == 30);
  CHECK(check_database(connection).problems.empty());
}

TEST_CASE("the messages of an alert stay while it fires: receivers that forget it are sent them again") {
  AlertFixture f;
  f.record("open", 1, "firing", {"am"}, at_minute(0));
  f.record("over", 1, "firing", {"am"}, at_minute(1));
  f.record("over", 2, "resolved", {"am"}, at_minute(2));
  for (std::int64_t message = 1; message <= 3; ++message) f.attempt(message, "delivered", at_minute(3));
  StorageOptions options;
  options.retention.documents = hours(24);
  while (sweep(f.connection, options, at_minute(5 * kDay), 7).more) {
  }
  CHECK(f.outbox.active("am", 10).size() == 1);
  CHECK(number(f.connection, "SELECT count(*) FROM outbox") == 1);
  CHECK(number(f.connection, "SELECT count(*) FROM delivery_attempt") == 1);
}

TEST_CASE("a story's signature goes when no document to come can be like it, its title stays") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  for (int day = 0; day < 10; ++day) {
    auto row = document("wire", std::to_string(day), at_minute(day * kDay), "title " + std::to_string(day));
    row.story_signature = {std::byte{1}};
    store(connection, writer, row);
  }
  const StorageOptions options;  // a window of three days
  const StoryReader stories(connection, options);
  const auto signatures = [&] { return number(connection, "SELECT count(*) FROM story_signature"); };
  // Without a tick after it the time of the events is the last document's: a clock ahead of it forgets nothing early.
  while (sweep(connection, options, at_minute(30 * kDay), 2).more) {
  }
  CHECK(signatures() == 7);
  CHECK(stories.since(at_minute(6 * kDay), 20).size() == 4);
  CHECK(stories.with_key("title 0", at_minute(10), 5).size() == 1);
  const auto again = store(connection, writer, document("wire", "late", at_minute(20), "title 0"));
  CHECK(again.story_id == 1);
}

TEST_CASE("merged into quarter hours, what two versions of the model scored stays apart") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  for (const int minute : {1, 2, 3}) {
    auto row = document("wire", std::to_string(minute), at_minute(minute), "title " + std::to_string(minute));
    row.model_version = minute == 2 ? "test-2" : "test-1";
    store(connection, writer, row);
  }
  StorageOptions options;
  sweep(connection, options, at_minute(60) + options.retention.minutes, 1000);
  CHECK(number(connection, "SELECT count(*) FROM rollup_topic") == 2);
  CHECK(number(connection,
               "SELECT documents FROM rollup_topic r JOIN model m ON m.key = r.model WHERE m.id = 'test-1'") == 2);
  for (const auto& problem : check_database(connection).problems) FAIL_CHECK(problem);
}
