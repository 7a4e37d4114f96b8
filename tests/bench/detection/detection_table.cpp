// Surges of all lengths and sizes: the product against its rivals, whose thresholds are set so that they raise as many
// false alarms as it does on the same streams without a surge.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/rival_panel.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

constexpr int kSeries = 10;
constexpr std::int64_t kWarmUpWeeks = 8;      // nobody's false alarms count before
constexpr std::int64_t kQuietWeeks = 60;      // of a stream without surges
constexpr std::int64_t kSurgeEveryWeeks = 5;  // of a series
constexpr int kSurgesEach = 9;
constexpr double kClump = 1.25;  // dispersion 1.5
constexpr double kGrowth = 2.0;  // of a rival's statistic, for an update: what the product asks of an alert's stories

constexpr std::array<std::int64_t, 6> kLengths = {15 * kMinuteMs, kHourMs, 6 * kHourMs, kDayMs, 3 * kDayMs, kWeekMs};
constexpr std::array<const char*, 6> kLengthNames = {"15 min", "1 h", "6 h", "24 h", "72 h", "7 d"};
constexpr std::size_t kSizes = 3, kCells = kLengths.size() * kSizes;

struct Row {
  double a_day;  // stories of a series
  Allowance allowance;
  std::string name;
  std::size_t min_stories() const { return a_day < 10.0 ? 2 : 5; }
};

/// Small, middle, large: so many stories at least, standard deviations, and times the usual count.
int surge_size(std::size_t size, double usual, std::size_t min_stories) {
  constexpr std::array<int, 3> kStories = {1, 4, 9};
  constexpr std::array<double, 3> kDeviations = {4.0, 7.0, 12.0}, kRatios = {0.15, 0.4, 1.0};
  const double deviation = std::sqrt(usual * (2.0 * kClump - 1.0));
  return static_cast<int>(std::ceil(std::max({static_cast<double>(min_stories) + kStories[size] - 1.0,
                                              kDeviations[size] * deviation, kRatios[size] * usual})));
}

struct Found {
  std::array<int, kCells> found{};
  std::vector<double> delays;

  int sum() const { return std::accumulate(found.begin(), found.end(), 0); }
  double median() const {
    std::vector<double> sorted = delays;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0.0 : sorted[sorted.size() / 2];
  }
};

struct Planted {
  Surge surge;
  std::size_t cell;
};

struct Outcome {
  double allowed = 0.0;
  std::size_t false_alarms = 0;
  std::vector<Telling> rivals;
  std::array<int, kCells> planted{};
  std::vector<const char*> names;
  std::vector<Found> found;  // the product, then the rivals
};

NewsOptions news_of(const Row& row) {
  NewsOptions news;
  news.series = kSeries;
  news.rate = row.a_day / 24.0;
  news.clump = kClump;
  return news;
}

RuleSetting rule_of(const Row& row, const TableOptions& options) {
  RuleSetting rule;
  rule.variant = options.variant;
  rule.series = kSeries;
  rule.budget = row.allowance.over(kSeries);
  rule.min_stories = row.min_stories();
  return rule;
}

void listen_both(SimulatedNews& news, std::int64_t hours, Judge& one, Judge& other) {
  struct Both final : Judge {
    Judge &one, &other;
    Both(Judge& a, Judge& b) : one(a), other(b) {}
    void story(const Story& story) override { one.story(story), other.story(story); }
    void advance(std::int64_t to_ms) override { one.advance(to_ms), other.advance(to_ms); }
  } both(one, other);
  listen(news, hours, both);
}

/// What counts as a message: alarms that open, with --updates those of open ones too.
bool counts(const Verdict& verdict, const TableOptions& options) {
  return verdict.kind == Verdict::Kind::opened || (options.updates && verdict.kind == Verdict::Kind::updated);
}

/// Streams without a surge: the product's false alarms, and the thresholds that give the rivals as many.
void calibrate(const Row& row, double enough, const TableOptions& options, Outcome& out) {
  const double each = row.allowance.a_week() * kSeries * static_cast<double>(kQuietWeeks - kWarmUpWeeks);
  const int streams = static_cast<int>(std::ceil(enough / each));
  std::vector<std::vector<Excursion>> excursions;
  for (int i = 0; i < streams; ++i) {
    progress(row.name + " quiet", i + 1, streams);
    const std::int64_t counted = kEpochMs + kWarmUpWeeks * kWeekMs;
    SimulatedNews news(news_of(row), stream_seed(options, row.name + " quiet", i));
    ProductJudge product(rule_of(row, options));
    RivalPanel rivals(kSeries, counted);
    listen_both(news, kQuietWeeks * 168, product, rivals);
    out.allowed += each;
    for (const Verdict& verdict : product.verdicts) {
      out.false_alarms += verdict.at_ms >= counted && counts(verdict, options);
    }
    excursions.resize(rivals.rivals().size());
    for (std::size_t r = 0; r < excursions.size(); ++r) {
      excursions[r].insert(excursions[r].end(), rivals.excursions(r).begin(), rivals.excursions(r).end());
    }
  }
  const double growth = options.updates ? kGrowth : std::numeric_limits<double>::infinity();
  for (const auto& of_rival : excursions) out.rivals.push_back(telling_for(of_rival, out.false_alarms, growth));
}

std::vector<Planted> plant(const Row& row, SimulatedNews& news, int stream, alerts::test::Dice& dice) {
  std::vector<Planted> all;
  for (int i = 0; i < kSurgesEach * kSeries; ++i) {
    const std::size_t cell = static_cast<std::size_t>(i * 7 + stream * 5) % kCells;
    const std::int64_t length = kLengths[cell / kSizes];
    const double week = static_cast<double>(kWarmUpWeeks + i / kSeries * kSurgeEveryWeeks) + 3.0 * dice.uniform();
    const std::int64_t from = kEpochMs + static_cast<std::int64_t>(week * kWeekMs);
    double usual = 0.0;
    for (std::int64_t at = from; at < from + length; at += 15 * kMinuteMs) usual += news.rate(i % kSeries, at) / 4.0;
    all.push_back({{i % kSeries, from, length, surge_size(cell % kSizes, usual, row.min_stories())}, cell});
    news.add(all.back().surge);
  }
  return all;
}

/// Found: a message from the surge's start to the first look after its end.
void credit(const std::vector<Planted>& planted, const std::vector<Verdict>& messages, std::int64_t step_hours,
            Found& found) {
  for (const auto& [surge, cell] : planted) {
    const std::int64_t end = surge.from_ms + surge.length_ms + step_hours * kHourMs;
    const auto first = std::find_if(messages.begin(), messages.end(), [&, &surge = surge](const Verdict& verdict) {
      return verdict.series == surge.series && verdict.at_ms >= surge.from_ms && verdict.at_ms < end;
    });
    if (first == messages.end()) continue;
    ++found.found[cell];
    found.delays.push_back(static_cast<double>(first->at_ms - surge.from_ms) / kMinuteMs);
  }
}

void detect(const Row& row, int streams, const TableOptions& options, Outcome& out) {
  for (int i = 0; i < streams; ++i) {
    progress(row.name + " surges", i + 1, streams);
    const std::uint64_t seed = stream_seed(options, row.name + " surges", i);
    SimulatedNews news(news_of(row), seed);
    alerts::test::Dice dice(seed + 1);
    const std::vector<Planted> planted = plant(row, news, i, dice);
    for (const Planted& each : planted) ++out.planted[each.cell];
    ProductJudge product(rule_of(row, options));
    RivalPanel rivals(kSeries, 0);
    rivals.tell_by(out.rivals);
    listen_both(news, (kWarmUpWeeks + kSurgesEach * kSurgeEveryWeeks) * 168, product, rivals);
    out.found.resize(1 + out.rivals.size());
    out.names = {"this"};
    std::erase_if(product.verdicts, [&](const Verdict& verdict) { return !counts(verdict, options); });
    credit(planted, product.verdicts, 1, out.found[0]);
    for (std::size_t r = 0; r < out.rivals.size(); ++r) {
      out.names.push_back(rivals.rivals()[r]->name());
      credit(planted, rivals.messages(r), rivals.rivals()[r]->step_hours(), out.found[r + 1]);
    }
  }
}

/// The rival that finds most in a row.
std::size_t best_rival(const Outcome& out) {
  std::size_t best = 1;
  for (std::size_t j = 2; j < out.found.size(); ++j) {
    if (out.found[j].sum() > out.found[best].sum()) best = j;
  }
  return best;
}

int planted_in(const Outcome& out) { return std::accumulate(out.planted.begin(), out.planted.end(), 0); }

void print_row(const Row& row, const Outcome& out) {
  const int planted = planted_in(out);
  fmt::print("\n{}: {:.0f} false alarms allowed, {} measured; {} surges\n", row.name, out.allowed, out.false_alarms,
             planted);
  for (std::size_t j = 0; j < out.found.size(); ++j) {
    fmt::print("  {:<14} {:<14} median delay {:>5.0f} min\n", out.names[j], percent(out.found[j].sum(), planted),
               out.found[j].median());
  }
  const std::size_t best = best_rival(out);
  fmt::print("  this against {}, %, by length and size:", out.names[best]);
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    if (cell % kSizes == 0) fmt::print("\n    {:<7}", kLengthNames[cell / kSizes]);
    const double of = 100.0 / std::max(1, out.planted[cell]);
    fmt::print(" {:>4.0f}:{:<4.0f}", out.found[0].found[cell] * of, out.found[best].found[cell] * of);
  }
  fmt::print("\n");
  std::fflush(stdout);
}

/// Cells in which the product finds more than five points less than the row's best rival, and those of them in which
/// the 95 % interval of the difference (Wald's) lies wholly below.
std::pair<int, int> cells_below(const Outcome& out) {
  const Found& best = out.found[best_rival(out)];
  int below = 0, surely = 0;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    const double n = std::max(1, out.planted[cell]);
    const double p = out.found[0].found[cell] / n, q = best.found[cell] / n;
    below += p - q < -0.05;
    surely += p - q + 1.96 * std::sqrt((p * (1.0 - p) + q * (1.0 - q)) / n) < -0.05;
  }
  return {below, surely};
}

void print_summary(const std::vector<std::pair<Row, Outcome>>& rows) {
  fmt::print(
      "\n| row                 | false/allowed | this  | best rival           | points | cells > 5 below (surely) |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const auto& [row, out] : rows) {
    const std::size_t best = best_rival(out);
    const double of = 100.0 / planted_in(out), own = out.found[0].sum() * of, theirs = out.found[best].sum() * of;
    const auto [below, surely] = cells_below(out);
    fmt::print("| {:<19} | {:>4}/{:<4.0f} | {:>4.1f} | {:<14} {:>4.1f} | {:>+5.1f} | {:>2} ({}) of {} |\n", row.name,
               out.false_alarms, out.allowed, own, out.names[best], theirs, own - theirs, below, surely, kCells);
  }
}

}  // namespace

void detection_table(const TableOptions& options) {
  fmt::print(
      "{} series, dispersion 1.5; found: {} before the first look after the surge's end.\n"
      "Sizes: max of {{1, 4, 9}} stories over min_stories - 1, {{4, 7, 12}} sd, {{15, 40, 100}} % of the usual.\n",
      kSeries, options.updates ? "an alarm or an update" : "an alarm");
  std::vector<std::pair<Row, Outcome>> rows;
  for (const double a_day : {0.14, 1.0, 24.0, 120.0, 1200.0}) {
    for (const Allowance& allowance : {kWeekly, kMonthly, kHalfYearly}) {
      const Row row{a_day, allowance, fmt::format("{} a day, {}", a_day, allowance.name)};
      if (allowance.a_week() > a_day * 7.0 || !wanted(options, row.name)) continue;
      if (options.quick && a_day > 1000.0 && allowance.a_week() < 0.1) continue;
      Outcome out;
      calibrate(row, options.quick ? 10.0 : 40.0, options, out);
      detect(row, options.quick ? 2 : 12, options, out);
      print_row(row, out);
      rows.emplace_back(row, std::move(out));
    }
  }
  print_summary(rows);
}

}  // namespace tapewatch::bench
