// How much of its false-alarm budget the product spends on streams without a surge, from the first day on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tests/bench/detection/product_judge.hpp"
#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

struct Setting {
  std::string name;
  NewsOptions news;
  std::size_t min_stories = 5;
};

/// The rate in stories an hour; rare series alarm on two stories, as a watch list's would.
Setting setting(int series, double rate) {
  Setting out;
  out.news.series = series;
  out.news.rate = rate;
  if (rate <= 0.1) out.min_stories = 2;
  out.name = fmt::format("{} x {}/h", series, rate);
  return out;
}

template <class Change>
Setting with(Setting base, const std::string& what, Change change) {
  base.name += " " + what;
  change(base);
  return base;
}

Setting clumped(Setting base, double dispersion) {
  return with(base, fmt::format("phi {}", dispersion), [&](Setting& s) { s.news.clump = (dispersion + 1.0) / 2.0; });
}

std::vector<Setting> single_series() {
  std::vector<Setting> all;
  for (const double rate : {0.02, 0.1, 1.0, 5.0, 50.0, 500.0}) all.push_back(setting(1, rate));
  for (const double rate : {0.02, 0.1, 1.0, 5.0, 50.0}) all.push_back(clumped(setting(1, rate), 2.0));
  all.push_back(clumped(setting(1, 1.0), 5.0));
  for (const double rate : {1.0, 5.0, 50.0}) {
    all.push_back(with(setting(1, rate), "gamma hours", [](Setting& s) { s.news.gamma_shape = 5.0; }));
  }
  for (const double rate : {5.0, 50.0}) {
    all.push_back(with(setting(1, rate), "drift", [](Setting& s) { s.news.drift = 0.35; }));
    all.push_back(with(setting(1, rate), "top of hour", [](Setting& s) { s.news.top_of_hour = 0.4; }));
    all.push_back(with(setting(1, rate), "London", [](Setting& s) { s.news.london = true, s.news.day_ratio = 16.0; }));
  }
  all.push_back(with(setting(1, 5.0), "flat", [](Setting& s) { s.news.day_ratio = s.news.weekend = 1.0; }));
  all.push_back(with(setting(1, 0.02), "min 3", [](Setting& s) { s.min_stories = 3; }));
  return all;
}

std::vector<Setting> many_series() {
  std::vector<Setting> all;
  for (const double rate : {0.02, 0.1, 1.0, 5.0, 50.0}) all.push_back(setting(30, rate));
  for (const double rate : {0.1, 1.0}) all.push_back(clumped(setting(30, rate), 2.0));
  all.push_back(clumped(setting(30, 1.0), 5.0));
  all.push_back(with(setting(30, 5.0), "zipf", [](Setting& s) { s.news.zipf = true; }));
  for (const double rate : {0.02, 0.1, 1.0}) all.push_back(setting(300, rate));
  all.push_back(clumped(setting(300, 0.1), 2.0));
  all.push_back(with(setting(300, 5.0), "zipf", [](Setting& s) { s.news.zipf = true; }));
  return all;
}

struct Cell {
  double allowed = 0.0;
  int measured = 0;
};

/// Streams that start on any hour of the week, until so many false alarms were allowed.
Cell measure(const Setting& setting, const Allowance& allowance, double enough, const TableOptions& options) {
  const std::string row = setting.name + " " + allowance.name;
  const int weeks = setting.news.series < 300 ? 52 : 26;
  const double each = allowance.a_week() * setting.news.series * weeks;
  const int streams = static_cast<int>(std::ceil(enough / each));
  RuleSetting rule;
  rule.variant = options.variant;
  rule.series = setting.news.series;
  rule.budget = allowance.over(rule.series);
  rule.min_stories = setting.min_stories;
  rule.london = setting.news.london;
  Cell cell;
  for (int i = 0; i < streams; ++i) {
    progress(row, i + 1, streams);
    const std::uint64_t seed = stream_seed(options, row, i);
    SimulatedNews news(setting.news, seed, kEpochMs + static_cast<std::int64_t>(seed % 168) * kHourMs);
    ProductJudge judge(rule);
    listen(news, weeks * 168, judge);
    cell.allowed += each;
    cell.measured += openings(judge, 0, INT64_MAX);
  }
  return cell;
}

class Summary {
 public:
  /// Prints a row and counts it in.
  void add(const Setting& setting, const Allowance& allowance, const Cell& cell) {
    const Interval count = poisson_interval(cell.measured);
    const double low = count.low / cell.allowed, high = count.high / cell.allowed;
    const bool inside = low <= 1.1 && high >= 0.5;
    ratios_.push_back(cell.measured / cell.allowed);
    inside_ += inside;
    above_[0] += low > 1.1;
    above_[1] += low > 1.5;
    fmt::print("| {:<24} | {:>3} | {:<8} | {:>7.1f} | {:>8} | {:>5.2f} | {:.2f}-{:.2f} | {} |\n", setting.name,
               setting.min_stories, allowance.name, cell.allowed, cell.measured, ratios_.back(), low, high,
               inside       ? "inside"
               : high < 0.5 ? "below"
               : low > 1.5  ? "ABOVE 1.5"
                            : "above");
    std::fflush(stdout);
  }

  void print() {
    if (ratios_.empty()) return;
    std::sort(ratios_.begin(), ratios_.end());
    fmt::print("\n{} cells: median {:.2f}, worst {:.2f}; {} % inside 0.5-1.1, {} wholly above 1.1, {} above 1.5\n",
               ratios_.size(), ratios_[ratios_.size() / 2], ratios_.back(),
               100 * inside_ / static_cast<int>(ratios_.size()), above_[0], above_[1]);
  }

 private:
  std::vector<double> ratios_;
  int inside_ = 0;
  int above_[2] = {0, 0};
};

}  // namespace

void budget_table(const TableOptions& options) {
  std::vector<Setting> settings = single_series();
  for (Setting& each : many_series()) settings.push_back(std::move(each));
  fmt::print("| setting                  | min | budget   | allowed | measured | ratio | 95 %      |   |\n");
  fmt::print("|---|---|---|---|---|---|---|---|\n");
  Summary summary;
  for (const Setting& setting : settings) {
    for (const Allowance& allowance : {kWeekly, kMonthly, kHalfYearly}) {
      if (!wanted(options, setting.name + " " + allowance.name)) continue;
      const double stories = setting.news.rate / allowance.a_week();  // that a false alarm takes, about
      if (options.quick && (stories > 600.0 || setting.news.rate > 5.0 * (allowance.a_week() >= 1.0 ? 10.0 : 1.0))) {
        continue;
      }
      summary.add(setting, allowance, measure(setting, allowance, options.quick ? 12.0 : 40.0, options));
    }
  }
  summary.print();
}

}  // namespace tapewatch::bench
