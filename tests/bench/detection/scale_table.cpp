// What the detector costs: many series on one core, and one long series of large counts.
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <fstream>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"
#include "tests/bench/measure.hpp"

namespace tapewatch::bench {
namespace {

using alerts::test::Dice;

constexpr int kDocumentsASecond = 1000;
constexpr double kNegative = 0.3, kReprint = 0.2;  // shares of the documents

/// What is used: what the allocator keeps of what was freed is given back first.
double resident_bytes() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  double all = 0.0, resident = 0.0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Documents about companies, the n-th of which is told of as 1 / sqrt(n).
class Wire {
 public:
  Wire(int companies, std::uint64_t seed) : dice_(seed), row_(negative_row()), companies_(companies) {
    row_.title = std::string(70, 't');
    row_.url = "https://news.example.com/" + std::string(60, 'u');
  }

  const alerts::Observation& next(std::int64_t at_ms) {
    const double u = dice_.uniform();
    const bool reprint = dice_.uniform() < kReprint && row_.seq > 0;
    row_.label = dice_.uniform() < kNegative ? alerts::Label::negative : alerts::Label::neutral;
    row_.seq += 1;
    row_.at = alerts::TimePoint{std::chrono::milliseconds{at_ms}};
    row_.entities.front().label = row_.label;
    if (!reprint) {
      row_.story_id += 1;
      row_.entities.front().id = fmt::format("company-{}", static_cast<int>(u * u * companies_));
    }
    return row_;
  }

 private:
  Dice dice_;
  alerts::Observation row_;
  int companies_;
};

alerts::TrendDetector detector_over(int series) {
  alerts::RuleOptions rule;
  rule.name = "companies";
  rule.group_by = {"entity"};
  alerts::DetectorOptions options;
  options.max_series = static_cast<std::size_t>(series);
  return alerts::TrendDetector({rule}, options);
}

std::size_t bytes_of(const std::vector<alerts::SeriesState>& parts) {
  std::size_t bytes = 0;
  for (const alerts::SeriesState& part : parts) bytes += part.rule.size() + part.key.size() + part.blob.size();
  return bytes;
}

/// Eight quiet days, each three of which have twenty documents a company: a week of hours is full. Then a thousand
/// documents a second, a commit each second.
void many_series(int series, const TableOptions& options) {
  const std::string row = fmt::format("{} series", series);
  if (!wanted(options, row)) return;
  const double before = resident_bytes();
  alerts::TrendDetector detector = detector_over(series);
  Wire wire(series, stream_seed(options, row, 0));
  std::int64_t at = kEpochMs, seq = 0;
  const int hours = 192, an_hour = series * 20 / 72;
  for (int hour = 0; hour < hours; ++hour) {
    progress(row + ", eight days before", hour + 1, hours);
    for (int i = 0; i < an_hour; ++i) detector.observe(wire.next(at + i * kHourMs / an_hour));
    detector.tick(++seq, alerts::TimePoint{std::chrono::milliseconds{at += kHourMs}});
    if (hour % 12 == 11) detector.take_dirty();
  }
  const double memory = resident_bytes() - before;
  const int seconds = options.quick ? 60 : 600;
  std::size_t bytes = 0, parts = 0;
  const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  double stepping = 0.0, worst = 0.0;
  for (int second = 0; second < seconds; ++second) {
    progress(row + ", seconds", second + 1, seconds);
    const double from = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < kDocumentsASecond; ++i) detector.observe(wire.next(at + i * 1000 / kDocumentsASecond));
    at += 1000;
    if (second % 60 == 59) detector.tick(++seq, alerts::TimePoint{std::chrono::milliseconds{at}});
    const auto dirty = detector.take_dirty();
    bytes += bytes_of(dirty);
    parts += dirty.size();
    worst = std::max(worst, seconds_of(CLOCK_THREAD_CPUTIME_ID) - from);
  }
  stepping = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
  const double hour_begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);  // the turn of the hour, which may touch all series
  at = (at / kHourMs + 1) * kHourMs + 1000;
  detector.tick(++seq, alerts::TimePoint{std::chrono::milliseconds{at}});
  const std::size_t hour_bytes = bytes_of(detector.take_dirty());
  const double hour = seconds_of(CLOCK_THREAD_CPUTIME_ID) - hour_begin;
  const double documents = static_cast<double>(seconds) * kDocumentsASecond;
  fmt::print("| {:>7} | {:>6.3f} | {:>6.3f} | {:>8.2f} | {:>8.1f} | {:>7.1f} | {:>8.0f} | {:>6.2f} |\n", series,
             stepping / seconds, worst, hour, static_cast<double>(hour_bytes) / 1e6, memory / series / 1e3,
             static_cast<double>(bytes) / documents, static_cast<double>(parts) / documents);
  std::fflush(stdout);
}

constexpr int kRows = 16'000;
constexpr double kUsualMean = 40.0;  // of a row
constexpr std::int64_t kRowMs = 5 * kMinuteMs;

/// Counts of posts in five minutes: a day's rhythm around `mean`, clumped, seldom twenty times as many.
int next_count(Dice& dice, std::int64_t at_ms, double mean) {
  const double angle = 6.283185307179586 * static_cast<double>(at_ms % kDayMs) / kDayMs;
  const double burst = dice.uniform() < 0.0005 ? 20.0 : 1.0;
  return static_cast<int>(std::lround(mean * burst * (1.0 - 0.5 * std::cos(angle)) * dice.gamma(8.0) / 8.0));
}

void time_rows(int rows, double mean, const TableOptions& options) {
  alerts::RuleOptions rule;
  rule.name = "series";
  rule.group_by = {};
  alerts::TrendDetector detector({rule});
  alerts::Observation unit = negative_row();
  Dice dice(options.seed);
  std::int64_t units = 0, seq = 0, alarms = 0;
  const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (int i = 0; i < rows; ++i) {
    if (i % 100 == 99) progress(fmt::format("mean {}, rows", mean), i + 1, rows);
    const std::int64_t at = kEpochMs + i * kRowMs;
    unit.at = alerts::TimePoint{std::chrono::milliseconds{at}};
    detector.tick(++seq, unit.at);
    const int count = next_count(dice, at, mean);
    for (int heard = 0; heard < count; ++heard, ++units) {
      // Over the row, as `tapewatch detect` hears them: all at one instant they would be a surge.
      unit.at = alerts::TimePoint{std::chrono::milliseconds{at + kRowMs * heard / count}};
      unit.story_id = ++seq;
      for (const alerts::Transition& told : detector.observe(unit)) alarms += told.type == "alert.firing";
    }
    for (const std::chrono::milliseconds window : rule.windows) (void)detector.read(rule.name, {}, window);
  }
  fmt::print("| {} | {:>4} | {:>8} | {:>6.2f} | {:>3} |\n", rows, mean, units,
             seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin, alarms);
  std::fflush(stdout);
}

}  // namespace

void scale_table(const TableOptions& options) {
  fmt::print("{} documents a second of event time, {:.0f} % negative, a commit each second; CPU seconds:\n",
             kDocumentsASecond, 100 * kNegative);
  fmt::print(
      "| series  | an event second | worst | turn of the hour | its MB | kB a series | bytes a document | parts |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  many_series(options.quick ? 10'000 : 100'000, options);
}

void series_csv(const TableOptions& options) {
  Dice dice(options.seed);
  fmt::print("timestamp,value\n");
  for (int i = 0; i < kRows; ++i) {
    const std::int64_t at = kEpochMs + i * kRowMs;
    fmt::print("{},{}\n", at / 1000, next_count(dice, at, kUsualMean));
  }
}

void detect_rows_table(const TableOptions& options) {
  fmt::print("| rows  | mean | units | CPU s | alarms |\n|---|---|---|---|---|\n");
  for (const double mean : {kUsualMean, 10.0 * kUsualMean}) {
    const std::string row = fmt::format("mean {}", mean);
    if (wanted(options, row)) time_rows(options.quick ? kRows / 10 : kRows, mean, options);
  }
}

}  // namespace tapewatch::bench
