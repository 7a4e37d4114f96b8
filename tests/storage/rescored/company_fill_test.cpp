#include "storage/rescored/company_fill.hpp"

#include "storage/clock.hpp"
#include "storage/document/document_removal.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/sentiment/as_known.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/storage/rescored/rescored_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

const std::string kModel = "model-1";

DocumentRow naming(const std::string& id, std::int64_t minute, const std::string& title,
                   std::vector<std::string> companies) {
  auto row = document(minute % 2 == 0 ? "wire" : "herald", id, at_minute(minute), title);
  row.story_key = title.substr(0, 5);
  for (const auto& company : companies) row.entities.push_back(entity(company));
  for (auto& one : row.entities) one.end = 4;  // found in the text
  return scored_by(kModel, std::move(row));
}

/// News of two companies, of which `bolt` is watched once all of it is stored, or from the start.
struct Bench : DocumentStore {
  explicit Bench(bool from_the_start) {
    watch({"acme"});
    for (int i = 0; i < 40; ++i) {
      std::vector<std::string> companies;
      if (i % 2 == 0) companies.emplace_back("acme");
      if (i % 3 == 0 && from_the_start) companies.emplace_back("bolt");
      add(naming(std::to_string(i), i, "Story" + std::to_string(i % 7) + " of " + std::to_string(i), companies));
    }
    watch({"acme", "bolt"});
  }
  void watch(const std::set<std::string>& companies) {
    Transaction transaction(connection);
    WatchLog(connection).set(companies, at_minute(60));
    transaction.commit();
  }
  /// As the daemon does it. Every third document names bolt.
  std::size_t fill(std::size_t batch = 7) {
    CompanyFillReader reader(connection, {.model = kModel, .mentions = true});
    std::size_t filled = 0;
    for (auto documents = reader.next(batch); !documents.empty(); documents = reader.next(batch)) {
      Transaction transaction(connection);
      CompanyFillWriter fills(connection);
      for (const auto& document : documents) {
        const int i = std::stoi(document.title.substr(document.title.find(" of ") + 4));
        if (i % 3 != 0 || !reader.wants(document.id, "bolt")) continue;
        auto row = naming("", 0, document.title, {"bolt"});
        filled += fills.store({document.id, document.revision, row.entities}) ? 1 : 0;
      }
      transaction.commit();
    }
    Transaction transaction(connection);
    WatchLog(connection).fill(reader.companies(), TimePoint::min(), TimePoint::max(), at_minute(90));
    transaction.commit();
    return filled;
  }
  std::vector<SentimentSeries> history(std::optional<std::int64_t> as_of = std::nullopt, bool raw = false) {
    SentimentQuery query;
    for (int i = 0; i <= 6; ++i) query.edges.push_back(at_minute(10 * i));
    query.by_entity = query.by_topic = query.by_source = true;
    query.as_of = as_of;
    const SentimentReader reader(connection);
    return raw ? reader.read_raw(query).series : reader.read(query).series;
  }
};

std::vector<std::string> lines(const std::vector<SentimentSeries>& all) {
  std::vector<std::string> text;
  for (const auto& series : all) {
    for (const auto& p : series.points) {
      text.push_back(*series.key.entity + " " + *series.key.topic + " " + *series.key.source + " " +
                     std::to_string(p.bucket) + ": " + std::to_string(p.documents) + " " + std::to_string(p.stories) +
                     " " + std::to_string(p.negative) + " " + std::to_string(p.negative_stories) + " " +
                     std::to_string(p.sum));
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a company that is filled in later has the history of one that was watched from the start") {
  Bench later(false), always(true);
  const auto before = lines(later.history());
  const std::int64_t seq = Clock(later.connection).last_seq();
  CHECK(later.fill() == 14);
  CHECK(lines(later.history()) == lines(always.history()));
  CHECK(lines(later.history(std::nullopt, true)) == lines(always.history()));
  for (const auto& problem : check_database(later.connection).problems) FAIL_CHECK(problem);
  // It was not known before.
  CHECK(lines(later.history(seq)) == before);
  CHECK(lines(later.history(Clock(later.connection).last_seq())) == lines(always.history()));
  CHECK(seq_as_of(later.connection, at_minute(89)) <= seq);
  CHECK(seq_as_of(later.connection, at_minute(90)) == Clock(later.connection).last_seq());
}

TEST_CASE("what is filled in is not filled in again, and a run that was ended goes on") {
  Bench bench(false);
  {
    CompanyFillReader reader(bench.connection, {.model = kModel, .mentions = true});
    const auto documents = reader.next(10);
    Transaction transaction(bench.connection);
    CompanyFillWriter writer(bench.connection);
    CHECK(writer.store({documents[0].id, documents[0].revision, naming("", 0, documents[0].title, {"bolt"}).entities}));
    transaction.commit();
    CHECK_FALSE(reader.wants(documents[0].id, "bolt"));
    CHECK_FALSE(reader.wants(documents[1].id, "acme"));
    CHECK_FALSE(reader.wants(documents[9].id + 100'000, "bolt"));  // came long after it was watched
  }
  CHECK(bench.fill() == 13);
  CHECK(CompanyFillReader(bench.connection, {.model = kModel, .mentions = true}).companies().empty());
  CHECK(check_database(bench.connection).problems.empty());
}

TEST_CASE("documents that have changed since they were read are left as they are") {
  Bench bench(false);
  CompanyFillReader reader(bench.connection, {.model = kModel, .mentions = true});
  const auto documents = reader.next(4);
  bench.add(naming("0", 0, "Story0 of 0, corrected", {"acme"}));
  {
    Transaction transaction(bench.connection);
    DocumentRemoval(bench.connection, {}).apply({"wire", "2", std::nullopt}, at_minute(70));
    CompanyFillWriter writer(bench.connection);
    for (const std::size_t i : {0u, 2u}) {
      CHECK_FALSE(writer.store({documents[i].id, documents[i].revision, {entity("bolt")}}));
    }
    transaction.commit();
  }
  CHECK(check_database(bench.connection).problems.empty());
}

TEST_CASE("what another version has scored is scored for a filled company too") {
  Bench bench(false);
  const RescoringQuery query{.model = "model-2", .mentions = true};
  const auto rescore = [&] {
    RescoringReader reader(bench.connection, query);
    std::size_t count = 0;
    for (auto documents = reader.next(8); !documents.empty(); documents = reader.next(8)) {
      Transaction transaction(bench.connection);
      RescoredWriter writer(bench.connection);
      for (const auto& document : documents) count += writer.store(rescored("model-2", document)) ? 1 : 0;
      transaction.commit();
    }
    return count;
  };
  CHECK(rescore() == 40);
  CHECK(bench.fill() == 14);
  CHECK(check_database(bench.connection).problems.empty());
  CHECK(rescore() == 14);
  CHECK(check_database(bench.connection).problems.empty());
  SentimentQuery asked;
  asked.edges = {at_minute(0), at_minute(60)};
  asked.entities = {"bolt"};
  asked.model = "model-2";
  CHECK(SentimentReader(bench.connection).read(asked).series[0].points[0].documents == 14);
}
