// A rule over stored history: what it finds, what it learns from first, and where it ends.
#include "daemon/pipeline/backtest/backtest.hpp"

#include "config/notation/json_writer.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/bench/measure.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;
const TimePoint kCalm = kBurst + 12h;
constexpr auto kNever = [] { return false; };

/// A database filled by a live run, and the alerts of that run.
struct Bench {
  Bench() : database(storage::Connection::open_writer(folder.file())) {
    options.rules = {tests::burst_rule()};
    store(tests::quiet_then_burst(kFrom), tests::kModel);
  }

  void store(std::vector<Scored> records, const std::string& model) {
    options.detector.model_version = model;
    Applier applier(database, options);
    storage::Transaction transaction(database);
    for (Scored& record : records) {
      record.model_version = model;
      live.add(applier.apply(record, record.scored_at).transitions);
    }
    applier.finish();
    transaction.commit();
  }
  void tick(TimePoint at) {
    Applier applier(database, options);
    storage::Transaction transaction(database);
    live.add(applier.tick(at, at));
    applier.finish();
    transaction.commit();
  }

  std::optional<BacktestResult> run(TimePoint from, TimePoint to, std::size_t page = 1'000,
                                    const std::function<bool()>& is_over = kNever) {
    auto reader = storage::Connection::open_reader(folder.file());
    return run_backtest(reader, {tests::burst_rule(), from, to, options.detector, tags, page}, is_over);
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  EntityTags tags = tags_by_entity(*tests::two_companies());
  FiredAlerts live;
};

std::string text_of(const FiredAlert& alert) {
  notation::JsonWriter json;
  json.begin_object();
  append_fired_alert(json, alert);
  return json.end_object().take();
}

}  // namespace

TEST_CASE("backtest: the daemon's rule over its history fires what it fired live, to the byte") {
  Bench bench;
  bench.tick(kCalm);
  REQUIRE(bench.live.all().size() == 1);
  REQUIRE(bench.live.all()[0].ended_at);
  const auto counted = storage_test::number(bench.database, "SELECT count(*) FROM alert_transition");
  for (const std::size_t page : {1u, 7u, 1'000u}) {
    CAPTURE(page);
    const auto result = bench.run(kFrom, kCalm + 1h, page);
    REQUIRE(result);
    REQUIRE(result->alerts.size() == 1);
    CHECK(text_of(result->alerts[0]) == text_of(bench.live.all()[0]));
    CHECK(result->documents == 76);
    CHECK(result->skipped == 0);
    CHECK(result->series == 2);
    CHECK(result->from == kFrom);
    CHECK(result->to == kCalm);  // what is stored ends there
  }
  CHECK(storage_test::number(bench.database, "SELECT count(*) FROM alert_transition") == counted);
}

TEST_CASE("backtest: the history before the range teaches and raises nothing") {
  Bench bench;
  const auto result = bench.run(kBurst - 1min, kBurst + 1h);
  REQUIRE(result);
  REQUIRE(result->alerts.size() == 1);
  CHECK(text_of(result->alerts[0]) == text_of(bench.live.all()[0]));  // also what was expected
  CHECK_FALSE(result->alerts[0].ended_at);
  CHECK(result->documents == 16);
  CHECK(result->from == kBurst - 1min);
  const TimePoint fired = bench.live.all()[0].firing.updated_at;
  CHECK(bench.run(fired, kBurst + 1h)->alerts.size() == 1);
  CHECK(bench.run(fired + 1ms, kBurst + 1h)->alerts.empty());
}

TEST_CASE("backtest: the end is not included") {
  Bench bench;
  const TimePoint fired = bench.live.all()[0].firing.updated_at;
  CHECK(bench.run(kFrom, fired)->alerts.empty());
  CHECK(bench.run(kFrom, fired + 1ms)->alerts.size() == 1);
  CHECK(bench.run(kFrom, kBurst)->documents == 60);
}

TEST_CASE("backtest: documents that another model scored are skipped and counted") {
  Bench bench;
  std::vector<Scored> later;
  for (int story = 0; story < 5; ++story) {
    later.push_back(
        tests::scored_record(1'000 + story, kCalm + story * 1min, "later " + std::to_string(story), 0.9, 0));
  }
  bench.store(later, "another+1");
  const auto of_new = bench.run(kFrom, kCalm + 1h);
  REQUIRE(of_new);
  CHECK(of_new->from == kCalm);
  CHECK(of_new->documents == 5);
  CHECK(of_new->skipped == 0);
  bench.options.detector.model_version = tests::kModel;
  const auto of_old = bench.run(kFrom, kCalm + 1h);
  REQUIRE(of_old);
  CHECK(of_old->documents == 76);
  CHECK(of_old->skipped == 5);
}

TEST_CASE("backtest: a range or a model without stored documents is empty") {
  Bench bench;
  for (const auto& [from, to] : {std::pair(kFrom - 48h, kFrom), std::pair(kCalm, kCalm + 1h)}) {
    const auto result = bench.run(from, to);
    REQUIRE(result);
    CHECK(result->from == result->to);
    CHECK(result->documents == 0);
    CHECK(result->alerts.empty());
  }
  bench.options.detector.model_version = "unknown+1";
  CHECK(bench.run(kFrom, kCalm)->documents == 0);
}

TEST_CASE("backtest: ends without a result when its time is over, at the next row") {
  Bench bench;
  int asked = 0;
  CHECK_FALSE(bench.run(kFrom, kCalm, 10, [&] { return ++asked == 25; }));
  CHECK(asked == 25);
}

// Runs only on request: test_daemon "[!benchmark]". Figures go to standard output.
TEST_CASE("a backtest of 24 weeks of 57 companies, documents per second", "[.][!benchmark]") {
  Bench bench;
  constexpr std::uint64_t kBatches = 200, kBatch = 1'000, kCompanies = 57;
  constexpr std::chrono::milliseconds kSpan = 24 * 168h, kApart = kSpan / (kBatches * kBatch);
  for (std::uint64_t b = 0; b < kBatches; ++b) {
    std::vector<Scored> records;
    records.reserve(kBatch);
    for (std::uint64_t i = b * kBatch; i < (b + 1) * kBatch; ++i) {
      records.push_back(
          tests::scored_record(1'000 + i, kCalm + i * kApart, "story " + std::to_string(i), 0.9 * (i % 4 == 0), 0));
      records.back().entities[0].id = "company-" + std::to_string(i % kCompanies);
    }
    bench.store(std::move(records), tests::kModel);
  }
  const double begin = bench::seconds_of(CLOCK_THREAD_CPUTIME_ID);
  const auto result = bench.run(kCalm, kCalm + kSpan);
  const double spent = bench::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
  REQUIRE(result);
  std::printf("%.0f documents of %.0f series in %.2f s of one processor: %.0f a second\n", double(result->documents),
              double(result->series), spent, double(result->documents) / spent);
  CHECK(result->documents > 190'000);
}
