#include "storage/sentiment/percentiles.hpp"

#include <algorithm>
#include <map>

#include "tests/storage/sentiment/sentiment_support.hpp"

using namespace storage_test;

namespace {

const std::vector<double> kWanted = {0, 5, 25, 50, 75, 95, 100};

std::vector<double> percentiles_of(std::vector<std::int64_t> micros) {
  BucketScores scores;
  scores.add(3, 900'000);
  for (const std::int64_t micro : micros) scores.add(7, micro);
  scores.sort();
  return scores.next(7, kWanted);
}

/// The definition, by counting: p % of the way from the first score to the last, by rank.
double defined(std::vector<double> scores, double percentile) {
  std::sort(scores.begin(), scores.end());
  const double place = percentile / 100 * static_cast<double>(scores.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, scores.size() - 1);
  const double share = place - static_cast<double>(below);
  return scores[below] * (1 - share) + scores[above] * share;
}

}  // namespace

TEST_CASE("percentiles are those that numpy gives") {
  // numpy.percentile([-0.9, -0.35, 0.1, 0.12, 0.8], [0, 5, 25, 50, 75, 95, 100])
  const std::vector<double> five = {-0.9, -0.79, -0.35, 0.1, 0.12, 0.664, 0.8};
  const auto found = percentiles_of({120'000, -900'000, 800'000, 100'000, -350'000});
  REQUIRE(found.size() == five.size());
  for (std::size_t i = 0; i < five.size(); ++i) CHECK(found[i] == Approx(five[i]).margin(1e-12));
  CHECK(percentiles_of({-250'000}) == std::vector<double>(7, -0.25));
  CHECK(percentiles_of({-500'000, 500'000})[3] == 0);
  CHECK(percentiles_of({}).empty());
}

TEST_CASE("percentiles of any query are those of the documents of its series and buckets") {
  for (const unsigned seed : {1u, 2u}) {
    const TempFolder folder;
    auto connection = open_new(folder.file());
    DocumentWriter writer(connection, {});
    RandomStream stream(seed);
    {
      Transaction transaction(connection);
      for (int i = 0; i < 400; ++i) writer.insert(stream.next(), at_minute(20'000));
      transaction.commit();
    }
    const SentimentReader reader(connection);
    int compared = 0;
    for (int i = 0; i < 60; ++i) {
      auto query = stream.query();
      query.by_entity = i % 2 == 0;
      query.entities.clear();
      query.percentiles = kWanted;
      std::map<std::pair<SeriesKey, std::size_t>, std::vector<double>> scores;
      auto read = connection.prepare(
          std::string("SELECT d.at_ms, d.topic, d.source, ") +
          (query.by_entity ? "e.entity, e.sentiment, e.label FROM document_view d JOIN document_entity_view e ON "
                             "e.document = d.id"
                           : "'', d.sentiment, d.label FROM document_view d"));
      const auto wanted = [](const std::vector<std::string>& list, const std::string& name) {
        return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
      };
      while (read.step()) {
        const std::string topic = read.is_null(1) ? "" : read.text(1), source = read.text(2), label = read.text(5);
        const auto at = from_ms(read.integer(0));
        if (at < query.edges.front() || at >= query.edges.back()) continue;
        if (!wanted(query.topics, topic) || !wanted(query.sources, source)) continue;
        if (label == "abstained" || label == "unscored") continue;
        SeriesKey key;
        if (query.by_topic) key.topic = topic;
        if (query.by_source) key.source = source;
        if (query.by_entity) key.entity = read.text(3);
        const auto edge = std::upper_bound(query.edges.begin(), query.edges.end(), at);
        scores[{key, static_cast<std::size_t>(edge - query.edges.begin()) - 1}].push_back(read.real(4));
      }
      for (const auto& series : reader.read(query).series) {
        for (const auto& point : series.points) {
          const auto expected = scores.find({series.key, point.bucket});
          CAPTURE(seed, i, point.bucket);
          REQUIRE(point.percentiles.empty() == (expected == scores.end()));
          if (point.percentiles.empty()) continue;
          for (std::size_t k = 0; k < kWanted.size(); ++k) {
            REQUIRE(point.percentiles[k] == Approx(defined(expected->second, kWanted[k])).margin(1e-9));
          }
          ++compared;
        }
      }
    }
    CHECK(compared > 200);
  }
}

TEST_CASE("percentiles as of a row are those of the documents that were known") {
  DocumentStore store;
  store.add(document("wire", "1", at_minute(0), "One", {"earnings", "negative", 0.1f, 0.1f, 0.8f}));
  const auto seq = store.add(document("wire", "2", at_minute(1), "Two", {"earnings", "neutral", 0.3f, 0.5f, 0.2f})).seq;
  store.add(document("wire", "3", at_minute(2), "Three", {"earnings", "positive", 0.9f, 0.1f, 0.0f}));
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(60)};
  query.percentiles = {50};
  const SentimentReader reader(store.connection);
  CHECK(reader.read(query).series[0].points[0].percentiles[0] == Approx(0.1));
  query.as_of = seq;
  CHECK(reader.read(query).series[0].points[0].percentiles[0] == Approx(-0.3));
  query.max_scores = 1;
  CHECK_THROWS_AS(reader.read(query), std::length_error);
}
