#include "daemon/commands/rescore.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "daemon/load_parts.hpp"
#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/watch_log.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using storage_test::number;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
constexpr int kDocuments = 150;

/// Two models of random weights, and a configuration for each.
struct Bench {
  explicit Bench(model::test::TinyShape shape = {.entity_heads = 2}) {
    for (const unsigned seed : {1U, 2U}) {
      const model::test::TinyModel model(shape, seed);
      const std::string name = fmt::format("model{}", seed);
      std::filesystem::create_directory(folder.path / name);
      folder.write(name + "/config.json", model.config_json());
      folder.write(name + "/vocab.txt", model.vocab_txt);
      folder.write(name + "/model.safetensors", model.safetensors());
    }
    folder.write("watchlist.csv", "id,name,ticker\nhalden,Halden Bank,HLDN\nostrava,Ostrava Steel,OSTV\n");
  }

  std::string config(const std::string& model, const std::string& database = "t.db") const {
    return folder.write(
        fmt::format("{}-{}.toml", model, database),
        fmt::format("[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'watchlist.csv'\n[model]\n"
                    "path = '{}'\nthreads = 1\n[storage]\npath = '{}'\n",
                    model, database));
  }

  /// News as the daemon would have stored it under this configuration; every third is revised.
  void fill(const std::string& config, bool revised = true) const {
    auto loaded = config::load(config);
    const LoadedParts parts = load_parts(loaded);
    REQUIRE(loaded.ok());
    auto connection = storage::Connection::open_writer(loaded.config.storage.path);
    ApplierOptions options;
    options.detector.model_version = parts.model->version();
    Applier applier(connection, options);
    Scheduler scheduler(parts.model);
    Scorer scorer(scheduler, Lane::news, parts.finder, loaded.config.model);
    std::vector<Incoming> batch;
    const auto add = [&](int i, const std::string& title) {
      Incoming& incoming = batch.emplace_back();
      ingest::Document document;
      incoming.source = document.source = i % 2 == 0 ? "wire" : "herald";
      document.id = std::to_string(i);
      document.title = title;
      document.language = i % 20 == 7 ? "de" : "en";
      document.published_at = document.received_at = kFrom + i * 1min;
      document.published_from = ingest::PublishedFrom::source;
      incoming.content = std::move(document);
    };
    for (int i = 0; i < kDocuments; ++i) {
      add(i, fmt::format("Halden Bank profit falls by {}{}", i / 2, i % 5 == 0 ? ", says Ostrava Steel" : ""));
      if (revised && i % 3 == 0) add(i, fmt::format("Ostrava Steel loss rises, not {}; the Halden Bank bank", i));
    }
    const auto records = scorer.score(std::move(batch), EventClock());
    storage::Transaction transaction(connection);
    for (const auto& record : records) applier.apply(record, kFrom);
    applier.finish();
    transaction.commit();
  }

  struct Run {
    int status = 0;
    std::string told;
  };
  static Run rescore(const RescoreOptions& options) {
    std::ostringstream err;
    const int status = run_rescore(options, err);
    return {status, err.str()};
  }

  std::vector<std::string> history(const std::string& database, const std::string& model, bool by_entity) const {
    auto reader = storage::Connection::open_reader(folder.at(database));
    storage::SentimentQuery query;
    for (int i = 0; i < 5; ++i) query.edges.push_back(kFrom + i * 1h);
    query.by_topic = query.by_source = true;
    query.by_entity = by_entity;
    query.model = model;
    std::vector<std::string> lines;
    for (const auto& series : storage::SentimentReader(reader).read(query).series) {
      for (const auto& p : series.points) {
        lines.push_back(fmt::format("{} {} {} {}: {} {} {} {} {} {} {} {} {}", *series.key.topic, *series.key.source,
                                    series.key.entity.value_or("-"), p.bucket, p.documents, p.stories, p.positive,
                                    p.neutral, p.negative, p.negative_stories, p.unscored, p.sum, p.sum_squares));
      }
    }
    return lines;
  }

  storage::Connection reader() const { return storage::Connection::open_reader(folder.at("t.db")); }
  std::string version(const std::string& config) const {
    auto loaded = config::load(config);
    return load_parts(loaded).model->version();
  }

  tests::ScratchFolder folder;
};

}  // namespace

TEST_CASE("rescored history is what the present model would have stored when the news came") {
  const Bench bench;
  const auto old = bench.config("model1"), present = bench.config("model2");
  bench.fill(old);
  bench.fill(bench.config("model2", "whole.db"));
  const auto run = Bench::rescore({.config = present, .entities = true});
  CAPTURE(run.told);
  REQUIRE(run.status == 0);
  CHECK(run.told.find(fmt::format("{} documents are to be scored by tiny", kDocuments)) != std::string::npos);
  CHECK(run.told.find(fmt::format("rescored {} documents, 100 %, ", kDocuments)) != std::string::npos);
  const std::string version = bench.version(present);
  for (const bool by_entity : {false, true}) {
    const auto wanted = bench.history("whole.db", version, by_entity);
    CHECK(wanted.size() > 5);
    CHECK(bench.history("t.db", version, by_entity) == wanted);
  }
  auto reader = bench.reader();
  for (const auto& problem : storage::check_database(reader).problems) FAIL_CHECK(problem);
  CHECK(number(reader, "SELECT count(*) FROM rescored_mention WHERE method = 'attention'") > kDocuments);

  const auto again = Bench::rescore({.config = present, .entities = true});
  CHECK(again.status == 0);
  CHECK(again.told == fmt::format("tapewatch rescore: nothing to do: {} has scored every stored document\n", version));
}

TEST_CASE("a company that is added to the watch list gets its past by --entities, and only then") {
  const Bench bench;
  const auto present = bench.config("model1");
  bench.fill(bench.config("model1", "whole.db"), false);
  const std::string both = "id,name,ticker\nhalden,Halden Bank,HLDN\nostrava,Ostrava Steel,OSTV\n";
  bench.folder.write("watchlist.csv", both.substr(0, both.find("ostrava")));
  bench.fill(present, false);
  {
    auto connection = storage::Connection::open_writer(bench.folder.at("t.db"));
    storage::Transaction transaction(connection);
    storage::WatchLog(connection).set({"halden"}, kFrom);
    transaction.commit();
  }
  bench.folder.write("watchlist.csv", both);
  const std::string version = bench.version(present);
  const auto wanted = bench.history("whole.db", version, true);
  const auto without = bench.history("t.db", version, true);
  REQUIRE(wanted.size() > without.size());
  const auto watched = [&]() -> bool {
    auto reader = bench.reader();
    const std::vector<std::string> company = {"ostrava"};
    const std::vector<TimePoint> edges = {kFrom, kFrom + 1h};
    return storage::WatchLog(reader).watched(company, edges, std::nullopt).front();
  };

  CHECK(Bench::rescore({.config = present}).told.find("nothing to do") != std::string::npos);
  CHECK(bench.history("t.db", version, true) == without);
  const auto run = Bench::rescore({.config = present, .entities = true});
  CAPTURE(run.told);
  REQUIRE(run.status == 0);
  CHECK(run.told.find(fmt::format("1 companies have been watched since: {} documents read for them, {} name one",
                                  kDocuments, kDocuments / 5)) == 0);
  CHECK(bench.history("t.db", version, true) == wanted);
  CHECK(watched());
  auto reader = bench.reader();
  for (const auto& problem : storage::check_database(reader).problems) FAIL_CHECK(problem);
  CHECK(number(reader, "SELECT count(*) FROM document_entity WHERE method = 'attention' AND vote_seq IS NOT NULL") >
        20);
  CHECK(Bench::rescore({.config = present, .entities = true}).told.find("nothing to do") != std::string::npos);
}

TEST_CASE("without --entities only documents are scored again, and --entities adds the companies later") {
  const Bench bench;
  bench.fill(bench.config("model1"));
  const auto present = bench.config("model2");
  REQUIRE(Bench::rescore({.config = present}).status == 0);
  CHECK(bench.history("t.db", bench.version(present), true).empty());
  CHECK_FALSE(bench.history("t.db", bench.version(present), false).empty());
  REQUIRE(Bench::rescore({.config = present, .entities = true}).status == 0);
  CHECK_FALSE(bench.history("t.db", bench.version(present), true).empty());
}

TEST_CASE("only documents of the range are scored again") {
  const Bench bench;
  bench.fill(bench.config("model1"));
  const auto run =
      Bench::rescore({.config = bench.config("model2"), .from = "2026-01-05T08:10:00Z", .to = "2026-01-05T08:20:00Z"});
  CHECK(run.told.find("10 documents from 2026-01-05T08:10:00.000Z to 2026-01-05T08:20:00.000Z are to be scored") == 0);
  auto reader = bench.reader();
  CHECK(number(reader, "SELECT count(*) FROM rescored") == 10);
  CHECK(number(reader,
               "SELECT count(*) FROM rescored r JOIN document d ON d.id = r.document WHERE d.at < 1767600600000 "
               "OR d.at >= 1767601200000") == 0);
}

TEST_CASE("a run that is killed goes on where it was, and nothing is scored twice") {
  const Bench bench;
  bench.fill(bench.config("model1"));
  const RescoreOptions options{.config = bench.config("model2"), .entities = true};
  const std::string place = GENERATE(as<std::string>(), "before_commit:2", "after_commit:1");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setenv("TAPEWATCH_FAILPOINT", place.c_str(), 1);
    std::ostringstream err;
    run_rescore(options, err);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  std::int64_t first = 0;
  {
    auto reader = bench.reader();
    first = number(reader, "SELECT count(*) FROM rescored");
    CHECK(first == 64);
    CHECK(storage::check_database(reader).problems.empty());
  }
  const auto run = Bench::rescore(options);
  CHECK(run.told.find(fmt::format("{} documents are to be scored", kDocuments - first)) == 0);
  CHECK(run.told.find(fmt::format("rescored {} documents", kDocuments - first)) != std::string::npos);
  auto reader = bench.reader();
  CHECK(number(reader, "SELECT count(*) FROM rescored") == kDocuments);
  CHECK(storage::check_database(reader).problems.empty());
}

TEST_CASE("a model without an entity head gives companies their document's scores, and --entities says so") {
  const Bench bench({.entity_heads = 0});
  bench.fill(bench.config("model1"));
  const auto present = bench.config("model2");
  const auto refused = Bench::rescore({.config = present, .entities = true});
  CHECK(refused.status == 2);
  CHECK(refused.told.find("has no entity head; leave it out") != std::string::npos);
  CHECK(Bench::rescore({.config = present}).status == 0);
  bench.fill(bench.config("model2", "whole.db"));
  const std::string version = bench.version(present);
  CHECK(bench.history("t.db", version, true) == bench.history("whole.db", version, true));
}

TEST_CASE("wrong times, a missing database and one that is in use are told") {
  const Bench bench;
  const auto present = bench.config("model2");
  const auto told = [&](const RescoreOptions& options, int status) {
    const auto run = Bench::rescore(options);
    CHECK(run.status == status);
    return run.told;
  };
  CHECK(told({.config = present, .from = "yesterday"}, 2).find("--from yesterday: a time is RFC 3339") !=
        std::string::npos);
  CHECK(told({.config = present, .from = "2026-01-06T00:00:00Z", .to = "2026-01-05T00:00:00Z"}, 2)
            .find("--from 2026-01-06T00:00:00Z is not before --to 2026-01-05T00:00:00Z") != std::string::npos);
  CHECK(told({.config = present}, 1).find("there is no database ") != std::string::npos);
  CHECK(told({.config = bench.folder.at("nothing.toml")}, 2).find("nothing.toml") != std::string::npos);
  bench.fill(bench.config("model1"));
  auto held = storage::Connection::open_writer(bench.folder.at("t.db"));
  CHECK(told({.config = present}, 1).find("another tapewatch is writing to it") != std::string::npos);
  CHECK(told({.config = present}, 1).find("--url reaches the database of a running daemon") != std::string::npos);
}
