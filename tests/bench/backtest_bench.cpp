// What POST /v1/backtest costs, and the dashboard's "Try a rule": bench_backtest [DOCUMENTS [MEASURE]]. 24 weeks of
// news of 57 companies in a database, with the ticks of a daemon that runs, and one rule of each measure over all of
// it.
#include <fmt/format.h>

#include <cstdlib>
#include <random>

#include "daemon/pipeline/backtest/backtest.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/scored_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

using namespace tapewatch;
using namespace std::chrono_literals;
using tapewatch::bench::seconds_of;

constexpr std::size_t kCompanies = 57;
constexpr std::chrono::weeks kLength{24};
const TimePoint kFrom{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

std::string company(std::size_t number) { return fmt::format("company-{:02}", number); }

std::string title(std::mt19937& random) {
  std::string text;
  for (int word = 0; word < 7; ++word) text += fmt::format("w{} ", random() % 20'000);
  return text;
}

/// Evenly random times and companies; every two weeks one company has a bad hour of twelve stories.
std::vector<Scored> news(std::size_t documents) {
  std::mt19937 random(7);
  const auto bad_hours = static_cast<std::size_t>(kLength.count() / 2);
  std::vector<std::pair<TimePoint, std::size_t>> stories;  // a company in its bad hour: kCompanies more
  for (std::size_t i = 0; i < documents; ++i) {
    const auto after = std::chrono::milliseconds(kLength) * (random() % 1'000'000) / 1'000'000;
    stories.emplace_back(kFrom + after, random() % kCompanies);
  }
  for (std::size_t hour = 0; hour < bad_hours; ++hour) {
    for (int story = 0; story < 12; ++story) {
      stories.emplace_back(kFrom + hour * std::chrono::weeks{2} + 75h + story * 5min, kCompanies + hour);
    }
  }
  std::sort(stories.begin(), stories.end());
  std::vector<Scored> records;
  for (const auto& [at, who] : stories) {
    const bool bad = who >= kCompanies || random() % 4 == 0;
    records.push_back(tests::scored_record(records.size(), at, title(random), bad ? 0.9 : 0.05));
    const std::string id = company(who % kCompanies);
    records.back().entities = {{id, id, {}, 0, 6, records.back().label}};
  }
  return records;
}

/// As the writer stores it: a tick wherever nothing came for 15 seconds.
std::size_t store(storage::Connection& writer, const std::vector<Scored>& records) {
  ApplierOptions options;
  options.detector.model_version = tests::kModel;
  Applier applier(writer, options);
  std::size_t ticks = 0, next = 0;
  TimePoint last = kFrom;
  while (next < records.size()) {
    storage::Transaction transaction(writer);
    for (std::size_t end = std::min(records.size(), next + 500); next < end; ++next) {
      const Scored& record = records[next];
      for (; last + 15s < record.scored_at; ++ticks) applier.tick(last += 15s, last);
      applier.apply(record, last = record.scored_at);
    }
    applier.finish();
    transaction.commit();
  }
  return ticks;
}

alerts::RuleOptions rule_of(alerts::Measure measure) {
  alerts::RuleOptions rule;
  rule.name = alerts::to_string(measure);
  rule.measure = measure;
  rule.group_by = {"entity"};
  rule.resolve_after = 30min;
  if (measure == alerts::Measure::story) rule.min_negative = 0.8;
  return rule;
}

void bench_news(std::size_t documents, std::string_view only = {}) {
  const tests::ScratchFolder folder;
  const std::string file = folder.at("news.db");
  auto writer = storage::Connection::open_writer(file);
  const std::size_t ticks = store(writer, news(documents));
  auto reader = storage::Connection::open_reader(file);
  for (const auto name : alerts::kMeasures) {
    if (!only.empty() && name != only) continue;
    alerts::DetectorOptions detector;
    detector.model_version = tests::kModel;
    const EntityTags tags;
    const Backtest backtest{rule_of(*alerts::parse_measure(name)), kFrom, kFrom + kLength, detector, tags};
    const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    const auto result = run_backtest(reader, backtest, [] { return false; });
    fmt::print("{:<17} {:>6} documents, {:>7} ticks, {} series, {:>4} alerts  {:.2f} s\n", name, result->documents,
               ticks, result->series, result->alerts.size(), seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    bench_news(std::strtoull(arguments[1], nullptr, 10), count > 2 ? arguments[2] : "");
  } else {
    for (const std::size_t documents : {11'000, 60'000}) bench_news(documents);
  }
}
