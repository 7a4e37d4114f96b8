#include "storage/sentiment/company_series.hpp"

#include "storage/connection/transaction.hpp"
#include "tests/storage/sentiment/sentiment_support.hpp"

using namespace storage_test;

namespace {

struct CompanyNews : DocumentStore {
  RandomStream stream{11};

  CompanyNews() {
    Transaction transaction(connection);
    for (int i = 0; i < 400; ++i) {
      auto row = stream.next();
      writer.insert(row, row.received_at);
    }
    transaction.commit();
  }
  std::vector<SentimentSeries> one_by_one(const SentimentQuery& query) {
    const ReadTransaction snapshot(connection);
    std::vector<SentimentSeries> all;
    auto series = CompanySeries::of(connection, query);
    REQUIRE(series);
    CHECK(series->head().models == SentimentReader(connection).read(query).models);
    while (auto next = series->next()) all.push_back(std::move(*next));
    return all;
  }
};

SentimentQuery by_hours(int count, std::int64_t from = 0) {
  SentimentQuery query;
  query.by_entity = true;
  for (int i = 0; i <= count; ++i) query.edges.push_back(at_minute(from + 60 * i));
  return query;
}

std::vector<std::string> versions(const std::vector<SentimentSeries>& all) {
  std::vector<std::string> told;
  for (const auto& series : all) {
    for (const auto& point : series.points) {
      told.emplace_back();
      for (const auto& model : point.models) told.back() += model + " ";
    }
  }
  return told;
}

}  // namespace

TEST_CASE("companies one by one are the companies of the whole answer") {
  CompanyNews news;
  std::vector<SentimentQuery> queries = {by_hours(6 * 24), by_hours(24, 1'440), by_hours(6 * 24), by_hours(6 * 24),
                                         by_hours(6 * 24)};
  queries[2].entities = {"entity3", "entity1", "nobody"};
  queries[3].topics = {"topic1"};
  queries[3].unit = SentimentQuery::Unit::document;
  queries[4].sources = {"source0", "source2"};
  queries[4].model = "model1";
  for (SentimentQuery& query : queries) {
    if (query.sources.size() > 1) query.sources.pop_back();  // of several it is raw rows
    const auto whole = SentimentReader(news.connection).read(query).series;
    CHECK(whole.size() >= 2);
    require_same(SentimentReader(news.connection).read_raw(query).series, whole);
    const auto found = news.one_by_one(query);
    require_same(found, whole);
    CHECK(versions(found) == versions(whole));
    CHECK(CompanySeries::most_points(news.connection, query) >= whole.size());
  }
  CHECK(news.one_by_one(by_hours(24, 100'000)).empty());
}

TEST_CASE("hours of companies are read from their own roll-up, minutes and topics from the other one") {
  CompanyNews news;
  REQUIRE(to_ms(at_minute(0)) % 3'600'000 == 0);
  const auto read = [&](auto change) {
    auto query = by_hours(6 * 24);
    change(query);
    std::int64_t documents = 0;
    for (const auto& series : SentimentReader(news.connection).read(query).series) {
      for (const auto& point : series.points) documents += point.documents;
    }
    return documents;
  };
  const auto as_it_is = [](SentimentQuery&) {};
  const auto of_a_topic = [](SentimentQuery& query) { query.topics = {"topic1"}; };
  const auto by_half_hours = [](SentimentQuery& query) {
    for (auto& edge : query.edges) edge += std::chrono::minutes{30};
  };
  const auto of_one = [](SentimentQuery& query) { query.entities = {"entity1"}; };
  const std::int64_t all = read(as_it_is), one = read(of_one), topic = read(of_a_topic), halves = read(by_half_hours);
  Transaction transaction(news.connection);
  news.connection.execute("UPDATE entity_hours SET documents = documents + 1000");
  transaction.commit();
  CHECK(read(as_it_is) > all + 1000);
  CHECK(read(of_one) >= one + 1000);
  CHECK(read(of_a_topic) == topic);
  CHECK(read(by_half_hours) == halves);
}

TEST_CASE("what is not by company alone, from roll-ups and within the limit is told as a whole") {
  CompanyNews news;
  const auto is_whole = [&](auto change) {
    auto query = by_hours(6 * 24);
    change(query);
    return !CompanySeries::of(news.connection, query);
  };
  CHECK_FALSE(is_whole([](SentimentQuery&) {}));
  CHECK(is_whole([](SentimentQuery& query) { query.by_entity = false; }));
  CHECK(is_whole([](SentimentQuery& query) { query.by_topic = true; }));
  CHECK(is_whole([](SentimentQuery& query) { query.by_source = true; }));
  CHECK(is_whole([](SentimentQuery& query) { query.as_of = 100; }));
  CHECK(is_whole([](SentimentQuery& query) { query.time = SentimentQuery::Time::received; }));
  CHECK(is_whole([](SentimentQuery& query) { query.percentiles = {50}; }));
  CHECK(is_whole([](SentimentQuery& query) { query.topics = {"topic1", "topic2"}; }));
  CHECK(is_whole([](SentimentQuery& query) { query.max_points = 6 * 24; }));
  CHECK(is_whole([](SentimentQuery& query) { query.edges.back() += seconds(1); }));
  auto topics = by_hours(1);
  topics.by_topic = true;
  CHECK(CompanySeries::most_points(news.connection, topics) == 0);
}

TEST_CASE("whether points tell versions of the model is known before the first one") {
  DocumentStore store;
  const auto scored = [&](const std::string& version, std::int64_t minute, const std::string& company) {
    auto row = document("wire", company + std::to_string(minute), at_minute(minute), company + std::to_string(minute));
    row.model_version = version;
    row.entities = {entity(company)};
    store.add(row);
  };
  scored("a", 0, "acme");
  scored("a", 60, "bolt");
  {
    const ReadTransaction snapshot(store.connection);
    auto series = CompanySeries::of(store.connection, by_hours(4));
    REQUIRE(series);
    CHECK(series->next()->points.at(0).models.empty());
  }
  scored("b", 120, "bolt");
  const ReadTransaction snapshot(store.connection);
  auto series = CompanySeries::of(store.connection, by_hours(4));
  REQUIRE(series);
  CHECK(series->next()->points.at(0).models == std::vector<std::string>{"a"});  // of acme, which has but one
  CHECK(series->next()->points.size() == 2);
  CHECK_FALSE(series->next());
  auto acme = by_hours(4);
  acme.entities = {"acme"};
  CHECK_FALSE(CompanySeries::of(store.connection, acme));  // only its points say that "b" is not among them
}
