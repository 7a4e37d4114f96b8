#include "storage/sentiment/as_known.hpp"

#include "storage/clock.hpp"
#include "storage/document/document_removal.hpp"
#include "tests/storage/sentiment/sentiment_support.hpp"

using namespace storage_test;

namespace {

/// What was answered at a moment.
struct Answered {
  TimePoint at;
  SentimentQuery query;
  std::int64_t seq = 0;
  std::vector<SentimentSeries> series;
};

SentimentQuery one_bucket(TimePoint from, TimePoint to) {
  SentimentQuery query;
  query.edges = {from, to};
  return query;
}

}  // namespace

TEST_CASE("what was answered once is answered again as of its sequence number and its time, whatever came since") {
  for (const unsigned seed : {1u, 2u, 3u}) {
    const TempFolder folder;
    auto connection = open_new(folder.file());
    DocumentWriter writer(connection, {});
    DocumentRemoval removals(connection, {});
    const SentimentReader reader(connection);
    RandomStream stream(seed);
    std::vector<Answered> answers;
    for (int i = 0; i < 500; ++i) {
      const TimePoint now = at_minute(20'000 + i / 3);
      Transaction transaction(connection);
      if (stream.below(6) == 0) {
        removals.apply({stream.pick("source", 3), stream.pick("id", 150), std::nullopt}, now);
      } else {
        writer.insert(stream.next(), now);
      }
      transaction.commit();
      if (i % 3 != 2 || stream.below(4) != 0) continue;  // the last of its minute
      for (int k = 0; k < 3; ++k) {
        Answered answer{now, stream.query()};
        const auto result = reader.read(answer.query);
        answer.seq = result.seq;
        answer.series = result.series;
        answers.push_back(answer);
      }
    }
    REQUIRE(answers.size() > 60);
    for (auto& answer : answers) {
      CAPTURE(seed, answer.seq, answer.query.topics, answer.query.sources, answer.query.entities, answer.query.by_topic,
              answer.query.by_source, answer.query.by_entity);
      REQUIRE(seq_as_of(connection, answer.at) == answer.seq);
      answer.query.as_of = answer.seq;
      const auto again = reader.read(answer.query);
      CHECK(again.seq == answer.seq);
      require_same(again.series, answer.series);
    }
    CHECK(seq_as_of(connection, at_minute(0)) == 0);
  }
}

TEST_CASE("documents lie in buckets by the time that is asked for") {
  DocumentStore store;
  auto delayed = document("wire", "1", at_minute(5), "Told at nine, heard at ten");
  delayed.received_at = at_minute(65);
  delayed.scored_at = at_minute(125);
  store.add(delayed);
  const SentimentReader reader(store.connection);
  const auto documents = [&](SentimentQuery::Time time, std::int64_t hour) {
    auto query = one_bucket(at_minute(60 * hour), at_minute(60 * hour + 60));
    query.time = time;
    const auto result = reader.read(query);
    const auto& points = result.series.at(0).points;
    return points.empty() ? std::pair<std::int64_t, std::int64_t>{} : std::pair(points[0].documents, points[0].stories);
  };
  using Time = SentimentQuery::Time;
  const std::pair<std::int64_t, std::int64_t> none{0, 0}, one{1, 1};
  CHECK((documents(Time::published, 0) == one && documents(Time::published, 1) == none));
  CHECK((documents(Time::received, 0) == none && documents(Time::received, 1) == one));
  CHECK((documents(Time::scored, 1) == none && documents(Time::scored, 2) == one));
}

TEST_CASE("companies of a revision that schema 23 replaced are those of the arrival") {
  DocumentStore store;
  auto first = document("wire", "1", at_minute(0), "First");
  first.entities = {entity("acme", "negative", -0.5)};
  auto second = document("wire", "1", at_minute(0), "Second");
  second.entities = {entity("acme", "positive", 0.5), entity("bolt", "negative", -0.9)};
  const auto arrived = store.add(first);
  store.add(second);
  store.connection.execute("UPDATE document_revision SET mentions = NULL; DELETE FROM document_entity_revision");
  auto query = one_bucket(at_minute(0), at_minute(60));
  query.by_entity = true;
  query.as_of = arrived.seq;
  const auto result = SentimentReader(store.connection).read(query);
  REQUIRE(result.series.size() == 1);
  CHECK(result.series[0].key.entity == "acme");
  CHECK(result.series[0].points.at(0).sum == Approx(-0.5));
}
