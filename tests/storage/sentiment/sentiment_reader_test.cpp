#include "storage/sentiment/sentiment_reader.hpp"

#include <cmath>
#include <map>
#include <set>

#include "storage/maintain/database_check.hpp"
#include "tests/storage/sentiment/sentiment_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct Scored {
  std::string topic, label;
  double sentiment = 0;
  std::map<std::string, std::pair<std::string, double>> entities;
};

/// A document without any table: its state on arrival and its current state.
struct Arrival {
  std::string source;
  TimePoint at;
  std::size_t story = 0;
  Scored now;
  std::set<std::string> named;  // entities, in any revision
};

/// A document's votes for its story: all on arrival, later those of entities that a revision brings in.
struct Vote {
  std::size_t arrival = 0;
  Scored scored;
  bool entities_only = false;
};

bool is_class(const std::string& label) { return label == "positive" || label == "neutral" || label == "negative"; }

/// The semantics by brute force: everything is counted again for each query, directly by the definition.
class Oracle {
 public:
  void insert(const DocumentRow& row) {
    Scored scored{row.topic, std::string(to_string(row.label)), 0, {}};
    if (row.probabilities) scored.sentiment = double((*row.probabilities)[0]) - double((*row.probabilities)[2]);
    for (const auto& e : row.entities) {
      scored.entities.emplace(e.id, std::pair(std::string(to_string(e.label)), e.sentiment));
    }
    const auto identity = row.source + "\n" + row.id;
    if (const auto known = by_identity_.find(identity); known != by_identity_.end()) {
      if (texts_[identity] == row.title) return;
      texts_[identity] = row.title;
      arrivals_[known->second].now = scored;
      add_vote(known->second, scored, true);
      return;
    }
    by_identity_[identity] = arrivals_.size();
    texts_[identity] = row.title;
    arrivals_.push_back({row.source, row.published_at, story_of(row.story_key, row.published_at), scored});
    add_vote(arrivals_.size() - 1, scored, false);
  }

  std::vector<SentimentSeries> read(const SentimentQuery& query) const {
    std::map<SeriesKey, std::map<std::size_t, SentimentPoint>> all;
    for (const auto& a : arrivals_) {
      each_series(query, a.source, a.now, [&](const SeriesKey& key, const std::string& label, double sentiment) {
        if (SentimentPoint* point = point_at(query, all, key, a.at)) count_document(*point, query, label, sentiment);
      });
    }
    std::set<std::pair<SeriesKey, std::size_t>> voted;
    for (const auto& vote : votes_) {
      if (vote.entities_only && !query.by_entity && query.entities.empty()) continue;
      const auto& a = arrivals_[vote.arrival];
      each_series(query, a.source, vote.scored, [&](const SeriesKey& key, const std::string& label, double sentiment) {
        if (!voted.emplace(key, a.story).second) return;
        if (SentimentPoint* point = point_at(query, all, key, a.at)) count_vote(*point, query, label, sentiment);
      });
    }
    return finish(query, all);
  }

 private:
  struct Story {
    std::string key;
    TimePoint first;
  };

  void add_vote(std::size_t arrival, Scored scored, bool entities_only) {
    auto& named = arrivals_[arrival].named;
    std::erase_if(scored.entities, [&](const auto& entity) { return !named.insert(entity.first).second; });
    votes_.push_back({arrival, std::move(scored), entities_only});
  }

  std::size_t story_of(const std::string& key, TimePoint at) {
    std::size_t best = stories_.size();
    for (std::size_t i = 0; i < stories_.size(); ++i) {
      if (stories_[i].key != key || std::chrono::abs(stories_[i].first - at) > hours(72)) continue;
      if (best == stories_.size() ||
          std::chrono::abs(stories_[i].first - at) < std::chrono::abs(stories_[best].first - at)) {
        best = i;
      }
    }
    if (best == stories_.size()) stories_.push_back({key, at});
    return best;
  }

  static bool wanted(const std::vector<std::string>& list, const std::string& value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  }

  template <class Add>
  static void each_series(const SentimentQuery& query, const std::string& source, const Scored& scored,
                          const Add& add) {
    if (!wanted(query.sources, source) || !wanted(query.topics, scored.topic)) return;
    SeriesKey key;
    if (query.by_topic) key.topic = scored.topic;
    if (query.by_source) key.source = source;
    if (!query.by_entity && query.entities.empty()) return add(key, scored.label, scored.sentiment);
    std::optional<std::pair<std::string, double>> lowest;
    for (const auto& [id, score] : scored.entities) {
      if (!wanted(query.entities, id)) continue;
      if (query.by_entity) {
        key.entity = id;
        add(key, score.first, score.second);
      } else if (!lowest || lowest->first == "unscored" ||
                 (score.first != "unscored" && score.second < lowest->second)) {
        lowest = score;
      }
    }
    if (lowest) add(key, lowest->first, lowest->second);
  }

  static SentimentPoint* point_at(const SentimentQuery& query,
                                  std::map<SeriesKey, std::map<std::size_t, SentimentPoint>>& all, const SeriesKey& key,
                                  TimePoint at) {
    for (std::size_t i = 0; i + 1 < query.edges.size(); ++i) {
      if (at >= query.edges[i] && at < query.edges[i + 1]) return &all[key][i];
    }
    return nullptr;
  }

  static void count_score(SentimentPoint& point, const std::string& label, double sentiment) {
    if (!is_class(label)) return;
    ++point.scored;
    point.sum += sentiment;
    point.sum_squares += sentiment * sentiment;
  }

  static void count_document(SentimentPoint& point, const SentimentQuery& query, const std::string& label,
                             double sentiment) {
    ++point.documents;
    point.positive += label == "positive";
    point.neutral += label == "neutral";
    point.negative += label == "negative";
    point.abstained += label == "abstained";
    point.unscored += label == "unscored";
    if (query.unit == SentimentQuery::Unit::document) count_score(point, label, sentiment);
  }

  static void count_vote(SentimentPoint& point, const SentimentQuery& query, const std::string& label,
                         double sentiment) {
    ++point.stories;
    point.negative_stories += label == "negative";
    if (query.unit == SentimentQuery::Unit::story) count_score(point, label, sentiment);
  }

  static std::vector<SentimentSeries> finish(const SentimentQuery& query,
                                             std::map<SeriesKey, std::map<std::size_t, SentimentPoint>>& all) {
    std::vector<SentimentSeries> series;
    for (auto& [key, points] : all) {
      series.push_back({key, {}});
      for (auto& [bucket, point] : points) {
        point.bucket = bucket;
        point.t = query.edges[bucket];
        series.back().points.push_back(point);
      }
    }
    if (series.empty() && !query.by_topic && !query.by_source && !query.by_entity) series.emplace_back();
    return series;
  }

  std::vector<Story> stories_;
  std::vector<Arrival> arrivals_;
  std::vector<Vote> votes_;
  std::map<std::string, std::size_t> by_identity_;
  std::map<std::string, std::string> texts_;
};

}  // namespace

TEST_CASE("sentiment series equal a brute-force count, for every selection, whatever arrives") {
  for (const unsigned seed : {1u, 2u, 3u, 4u}) {
    const TempFolder folder;
    auto connection = open_new(folder.file());
    DocumentWriter writer(connection, {});
    RandomStream stream(seed);
    Oracle oracle;
    Transaction transaction(connection);
    for (int i = 0; i < 600; ++i) {
      const auto row = stream.next();
      writer.insert(row, row.received_at);
      oracle.insert(row);
    }
    transaction.commit();
    const auto report = check_database(connection);
    for (const auto& problem : report.problems) FAIL_CHECK(problem);
    CHECK(report.rollups_compared);

    auto reader = Connection::open_reader(folder.file());
    const SentimentReader sentiment(reader);
    for (int i = 0; i < 250; ++i) {
      const auto query = stream.query();
      CAPTURE(seed, i, query.topics, query.sources, query.entities, query.by_topic, query.by_source, query.by_entity);
      const auto wanted = oracle.read(query);
      require_same(sentiment.read(query).series, wanted);
      require_same(sentiment.read_raw(query).series, wanted);
    }
  }
}

TEST_CASE("a story votes once per series, where it first appears") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  const Score calm{"earnings", "neutral", 0.1f, 0.8f, 0.1f}, other_topic{"mergers", "negative", 0.0f, 0.1f, 0.9f};
  store(connection, writer, document("wire", "1", at_minute(0), "Story", calm));
  store(connection, writer, document("herald", "2", at_minute(5), "Story", other_topic));
  store(connection, writer, document("herald", "3", at_minute(70), "Story", calm));
  const SentimentReader reader(connection);
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(60), at_minute(120)};
  const auto stories = [&](std::size_t series) {
    std::vector<std::int64_t> list;
    const SentimentResult result = reader.read(query);
    for (const auto& point : result.series.at(series).points) {
      list.push_back(point.stories);
      list.push_back(point.negative_stories);
    }
    return list;
  };
  CHECK(stories(0) == std::vector<std::int64_t>{1, 0, 0, 0});  // everything: one story, neutral, in the first hour
  query.by_topic = true;
  CHECK(stories(0) == std::vector<std::int64_t>{1, 0, 0, 0});  // earnings
  CHECK(stories(1) == std::vector<std::int64_t>{1, 1});        // mergers: its first document there is negative
  query.by_topic = false;
  query.by_source = true;
  CHECK(stories(0) == std::vector<std::int64_t>{1, 1, 0, 0});  // herald: first seen there as negative
  query.by_topic = true;
  CHECK(reader.read(query).series.size() == 3);  // herald+earnings votes in the second hour
  query.by_topic = query.by_source = false;
  query.sources = {"herald"};
  query.topics = {"earnings"};
  CHECK(stories(0) == std::vector<std::int64_t>{1, 0});
}

TEST_CASE("mean and standard error") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  const float values[] = {0.2f, 0.4f, 0.9f};
  for (int i = 0; i < 3; ++i) {
    store(connection, writer,
          document("wire", std::to_string(i), at_minute(i), "Title " + std::to_string(i),
                   {"earnings", "positive", values[i], 1 - values[i], 0.0f}));
  }
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(60)};
  const auto result = SentimentReader(connection).read(query);
  const auto& point = result.series.at(0).points.at(0);
  CHECK(*point.mean == Approx(0.5));
  CHECK(*point.standard_error == Approx(std::sqrt(0.13 / 3)));
  CHECK(point.sum == 1.5);  // exact
  CHECK(result.models == std::vector<std::string>{"test-1"});
  CHECK(result.seq == 3);
}

TEST_CASE("an empty selection is one series without points; bad edges are refused") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  const SentimentReader reader(connection);
  SentimentQuery query;
  query.edges = {at_minute(0), at_minute(1)};
  query.topics = {"no such topic"};
  const auto result = reader.read(query);
  REQUIRE(result.series.size() == 1);
  CHECK(result.series[0].points.empty());
  query.by_topic = true;
  CHECK(reader.read(query).series.empty());
  query.edges = {at_minute(1), at_minute(1)};
  CHECK_THROWS_AS(reader.read(query), std::invalid_argument);
  query.edges = {at_minute(1)};
  CHECK_THROWS_AS(reader.read(query), std::invalid_argument);
}

TEST_CASE("the sentiment views add up to the reader's figures") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  DocumentWriter writer(connection, {});
  RandomStream stream(9);
  for (int i = 0; i < 300; ++i) store(connection, writer, stream.next());
  SentimentQuery query;
  query.edges = {at_minute(-1000), at_minute(10'000)};
  query.by_topic = true;
  for (const auto& series : SentimentReader(connection).read(query).series) {
    for (const std::string view : {"sentiment_minute", "sentiment_hour", "sentiment_day"}) {
      auto read = connection.prepare("SELECT sum(documents), sum(stories_topic), sum(negative_stories_topic) FROM " +
                                     view + " WHERE topic IS nullif(?, '')");
      REQUIRE(read.bind(1, *series.key.topic).step());
      CHECK(read.integer(0) == series.points[0].documents);
      CHECK(read.integer(1) == series.points[0].stories);
      CHECK(read.integer(2) == series.points[0].negative_stories);
    }
  }
}
