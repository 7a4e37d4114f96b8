// A model that has changed: the rules' baselines, from the old one's scores to the new one's.
#include "daemon/pipeline/rescoring/baseline_refit.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/ostream_sink.h>

#include <climits>
#include <future>
#include <random>
#include <sstream>
#include <thread>

#include "daemon/pipeline/writing/writer_loop.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

using Package = std::shared_ptr<const model::ModelPackage>;

/// The model of a daemon before the change, and after it.
const Package& package(unsigned seed) {
  static const Package packages[] = {model::test::TinyModel({.entity_heads = 2}, 4).load(),
                                     model::test::TinyModel({.entity_heads = 2}, 5).load()};
  return packages[seed - 1];
}

std::vector<Scored> scored_by(const Package& model, std::vector<Incoming> news) {
  Scheduler scheduler(model);
  Scorer scorer(scheduler, Lane::news, tests::two_companies(), {});
  return scorer.score(std::move(news), PlaybackClock(kFrom));
}

Incoming news(int number, TimePoint at, const std::string& title) {
  Incoming incoming;
  ingest::Document document;
  incoming.source = document.source = "wire";
  document.id = std::to_string(number);
  document.title = title;
  document.language = "en";
  document.published_at = document.received_at = at;
  document.published_from = ingest::PublishedFrom::source;
  incoming.number = static_cast<std::uint64_t>(number);
  incoming.content = std::move(document);
  return incoming;
}

/// Titles about Halden Bank of which both models say, and of which only one says, that they are bad news.
struct Titles {
  std::vector<std::string> bad, good, bad_for_one;

  Titles() {
    std::mt19937 random(1);
    const auto word = [&random] {
      std::string letters;
      for (int i = 0; i < 7; ++i) letters += static_cast<char>('a' + random() % 26);
      return letters;
    };
    std::vector<Incoming> all;
    for (int i = 0; i < 600; ++i) {
      all.push_back(news(i, kFrom, fmt::format("Halden Bank {} {} {}", word(), word(), word())));
    }
    const auto old = scored_by(package(1), all), present = scored_by(package(2), all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool first = is_bad(old[i]), second = is_bad(present[i]);
      auto& list = first && second ? bad : first || second ? bad_for_one : good;
      list.push_back(std::get<ingest::Document>(all[i].content).title);
    }
  }
  static bool is_bad(const Scored& record) { return record.entities.at(0).label == storage::Label::negative; }
};

/// Thirty quiet hours in which the models see different shares of bad news, then a burst that both see.
std::vector<Incoming> quiet_then_burst() {
  static const Titles titles;
  REQUIRE(titles.bad.size() >= 40);
  REQUIRE(titles.good.size() >= 40);
  REQUIRE(titles.bad_for_one.size() >= 40);
  std::vector<Incoming> all;
  const auto add = [&](TimePoint at, const std::string& title) {
    all.push_back(news(static_cast<int>(all.size()), at, title));
  };
  for (int i = 0; i < 60; ++i) {
    const auto n = static_cast<std::size_t>(i / 10);
    add(kFrom + i * 30min, i % 10 == 3   ? titles.bad[n]
                           : i % 10 == 7 ? titles.bad_for_one[n]
                                         : titles.good[static_cast<std::size_t>(i % 40)]);
  }
  for (int i = 0; i < 16; ++i) add(kBurst + i * 30s, titles.bad[static_cast<std::size_t>(20 + i)]);
  return all;
}

/// A database, and runs of the daemon's writer over it.
struct Bench {
  explicit Bench(const Package& model) { start(model); }
  ~Bench() { stop(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// A start of the daemon with this model, up to where its threads start.
  void start(const Package& model) {
    stop();
    applier.reset();
    database.reset();
    database.emplace(storage::Connection::open_writer(folder.file()));
    options.rules = {tests::burst_rule()};
    options.detector.model_version = model->version();
    applier.emplace(*database, options);
    const EntityTags tags = tags_by_entity(*tests::two_companies());
    applier->set_tags(tags);
    fit_detector(*database, *applier, tags, *log);
    queue.emplace(100, 100);
    writer.emplace(WriterLoopOptions{}, WriterLoopParts{.connection = *database,
                                                        .applier = *applier,
                                                        .queue = *queue,
                                                        .clock = clock,
                                                        .notifier = notifier,
                                                        .metrics = metrics,
                                                        .rules = board,
                                                        .log = log,
                                                        .on_fatal = [](const std::string&) {}});
    RefitOptions refitting;
    refitting.rescoring.database = folder.file();
    refitting.detector = options.detector;
    refitting.rescoring.batch = 4;
    refitting.rescoring.look_every = 1ms;
    refitting.retry = 10ms;
    scheduler.emplace(model);
    const auto make_scorer = [this] { return Scorer(*scheduler, Lane::history, tests::two_companies(), {}); };
    const HistoryRescoringParts rescoring{*queue, make_scorer, [this] { return disk_is_low(); }};
    const RefitParts parts{*applier, rescoring, metrics, log, [this] { return rules(); }};
    refit.emplace(refitting, parts);
  }
  void run() {
    refit->start();
    writer->start();
  }
  void stop() {
    if (refit) refit->stop();
    if (queue) queue->close();
    if (writer) writer->join();
    refit.reset();
    writer.reset();
  }
  /// Asked before each batch: from one on there is too little room.
  bool disk_is_low() {
    if (batches >= most_batches) {
      held = true;
      return true;
    }
    ++batches;
    return false;
  }
  void store(const std::vector<Scored>& records) {
    storage::Transaction transaction(*database);
    for (const auto& record : records) applier->apply(record, record.scored_at);
    applier->finish();
    transaction.commit();
  }
  /// On the writer's thread, as the workers do.
  void push(std::vector<Scored> records) {
    for (auto& record : records) {
      auto stored = std::make_shared<std::promise<void>>();
      auto committed = stored->get_future();
      record.incoming.number = pushed++;
      record.incoming.on_commit = [stored](const Commit&) { stored->set_value(); };
      REQUIRE(queue->push(std::move(record)));
      REQUIRE(committed.wait_for(60s) == std::future_status::ready);
    }
  }
  template <class Condition>
  void wait_for(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(1ms);
    }
  }
  /// Up to where the rules go by the present model.
  void finish() {
    wait_for([this] { return !refit->progress(); });
  }
  /// The present rules; after `other_rules` is set, others, once.
  std::pair<std::vector<alerts::RuleOptions>, EntityTags> rules() {
    auto present = options.rules;
    if (other_rules.exchange(false)) present[0].group_by = {"topic"};
    return {present, tags_by_entity(*tests::two_companies())};
  }
  alerts::SeriesReading halden() {
    const auto reading = applier->detector().read("negative-burst", {{"entity", "halden"}}, 15min);
    REQUIRE(reading);
    return *reading;
  }
  std::int64_t count(const std::string& what) {
    auto reader = storage::Connection::open_reader(folder.file());
    return storage_test::number(reader, "SELECT count(*) FROM " + what);
  }
  std::vector<std::string> open_alerts() {
    std::vector<std::string> ids;
    for (const auto& alert : applier->detector().open_alerts()) ids.push_back(alert.alert_id);
    return ids;
  }

  storage_test::TempFolder folder;
  ApplierOptions options;
  PlaybackClock clock{kBurst + 10min};
  CommitNotifier notifier;
  Metrics metrics{"test", "test"};
  RuleBoard board;
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> log =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  std::atomic<int> batches{0}, most_batches{INT_MAX};
  std::atomic<bool> held{false}, other_rules{false};
  std::uint64_t pushed = 0;
  std::optional<storage::Connection> database;
  std::optional<Applier> applier;
  std::optional<WriterQueue> queue;
  std::optional<WriterLoop> writer;
  std::optional<Scheduler> scheduler;
  std::optional<BaselineRefit> refit;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Incoming one_more() { return news(900, kBurst + 9min, "Halden Bank loss falls z"); }

}  // namespace

TEST_CASE("a new model's rules go on with the old one's baseline until its scores have taught them") {
  Bench whole(package(2));  // the new model from the start
  whole.store(scored_by(package(2), quiet_then_burst()));
  REQUIRE(whole.halden().firing);
  Bench bench(package(1));
  bench.store(scored_by(package(1), quiet_then_burst()));
  const auto learned = bench.halden();
  const auto open = bench.open_alerts();
  REQUIRE(open.size() == 1);
  CHECK(std::abs(learned.expected - whole.halden().expected) > 1e-6);

  bench.start(package(2));
  CHECK(bench.applier->needs_refit());
  CHECK(bench.halden().expected == learned.expected);
  CHECK(bench.open_alerts() == open);
  bench.most_batches = 2;
  bench.run();
  bench.wait_for([&] { return bench.held.load(); });
  CHECK(bench.count("rescored") == 8);
  CHECK(bench.refit->progress() ==
        fmt::format("the rules go by what they have learned from {}; 68 of 76 documents of their history are yet to be "
                    "scored by the present model",
                    package(1)->version()));
  CHECK(has(bench.metrics.expose(), "tapewatch_rescoring_documents 68"));
  // News that the new model scores meanwhile is judged by the old baseline.
  bench.push(scored_by(package(2), {one_more()}));
  CHECK(bench.count("alert") == 1);
  CHECK(bench.count("alert WHERE state = 'firing'") == 1);

  bench.most_batches = INT_MAX;
  bench.finish();
  bench.stop();
  whole.store(scored_by(package(2), {one_more()}));
  CHECK_FALSE(bench.applier->needs_refit());
  CHECK(bench.halden().expected == whole.halden().expected);
  CHECK(bench.halden().observed == whole.halden().observed);
  CHECK(bench.open_alerts() == open);
  CHECK(bench.count("alert") == 1);
  CHECK(has(bench.text.str(), "the rules have learned from 77 documents as " + package(2)->version() + " scores them"));
  CHECK(has(bench.metrics.expose(), "tapewatch_rescoring_documents 0"));

  // What they have learned survives a restart, which has nothing more to do.
  bench.start(package(2));
  CHECK_FALSE(bench.applier->needs_refit());
  CHECK(bench.halden().expected == whole.halden().expected);
  CHECK(bench.open_alerts() == open);
  for (const auto& problem : storage::check_database(*bench.database).problems) FAIL_CHECK(problem);
}

TEST_CASE("a restart in the middle of the rescoring goes on behind what is scored, and ends the same") {
  Bench whole(package(2));
  whole.store(scored_by(package(2), quiet_then_burst()));
  Bench bench(package(1));
  bench.store(scored_by(package(1), quiet_then_burst()));
  const auto learned = bench.halden();
  bench.most_batches = 3;
  bench.start(package(2));
  bench.run();
  bench.wait_for([&] { return bench.held.load(); });
  bench.start(package(2));  // ends the run before
  CHECK(bench.count("rescored") == 12);
  CHECK(bench.applier->needs_refit());
  CHECK(bench.halden().expected == learned.expected);
  bench.batches = 0;
  bench.most_batches = INT_MAX;
  bench.run();
  bench.finish();
  CHECK(bench.batches == 16);  // of four documents
  bench.start(package(2));
  CHECK(bench.count("rescored") == 76);
  CHECK(bench.halden().expected == whole.halden().expected);
  CHECK(bench.open_alerts().size() == 1);
}

TEST_CASE("rules that a reload changes while they are taught are taught anew") {
  Bench bench(package(1));
  bench.store(scored_by(package(1), quiet_then_burst()));
  bench.start(package(2));
  bench.other_rules = true;
  bench.run();
  bench.finish();
  CHECK_FALSE(bench.other_rules);
  bench.start(package(2));
  CHECK_FALSE(bench.applier->needs_refit());
  CHECK(bench.applier->detector().unfitted().empty());
  CHECK(bench.open_alerts().size() == 1);
}

TEST_CASE("a removal after the rules have learned from a new model takes out what that one has scored") {
  Bench whole(package(2));
  whole.store(scored_by(package(2), quiet_then_burst()));
  Bench bench(package(1));
  bench.store(scored_by(package(1), quiet_then_burst()));
  bench.start(package(2));
  bench.run();
  bench.finish();
  bench.start(package(2));
  const auto last = scored_by(package(2), quiet_then_burst()).back();
  for (Bench* each : {&bench, &whole}) each->store({tests::removal_of(last, 77)});
  CHECK(whole.halden().observed == 15);
  CHECK(bench.halden().observed == 15);
}

TEST_CASE("a model that goes back finds its own scores, and scores what the other one has scored") {
  Bench bench(package(1));
  bench.store(scored_by(package(1), quiet_then_burst()));
  bench.start(package(2));
  bench.run();
  bench.finish();
  bench.start(package(2));
  bench.store(scored_by(package(2), {one_more()}));
  bench.start(package(1));
  CHECK(bench.applier->needs_refit());
  bench.run();
  bench.finish();
  bench.start(package(1));
  CHECK(bench.count("rescored r JOIN model m ON m.key = r.model WHERE m.id = '" + package(1)->version() + "'") == 1);
  Bench whole(package(1));
  auto all = quiet_then_burst();
  all.push_back(one_more());
  whole.store(scored_by(package(1), std::move(all)));
  CHECK(bench.halden().expected == whole.halden().expected);
}
