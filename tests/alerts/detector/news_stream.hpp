#pragma once
// Made-up news for the detector's tests: deterministic, with a daily and weekly rhythm.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "alerts/detector/trend_detector.hpp"

namespace tapewatch::alerts::test {

using namespace std::chrono_literals;

/// 2026-01-05, a Monday, 00:00.
inline constexpr TimePoint kMonday = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};

inline Label label_named(const std::string& name) {
  return name == "negative" ? Label::negative : name == "positive" ? Label::positive : Label::neutral;
}

inline Observation news(TimePoint at, const std::string& entity, const std::string& label, std::int64_t story) {
  Observation row;
  row.at = at;
  row.topic = "earnings";
  row.source = "wire";
  row.label = label_named(label);
  row.story_id = story;
  row.story_key = "story-" + std::to_string(story);
  row.document_id = "d-" + std::to_string(story);
  row.sentiment = label == "negative" ? -0.9 : label == "positive" ? 0.8 : 0.0;
  row.p_negative = label == "negative" ? 0.93 : 0.02;
  row.title = entity + " headline " + std::to_string(story);
  row.url = "https://news.example.com/" + std::to_string(story);
  row.model_version = "test-1";
  row.entities.push_back({entity, "The " + entity + " Company", row.label, row.sentiment, {}});
  return row;
}

/// A budget is there to be spent: with a small one a test of some days may say that nothing fires by chance.
inline RuleOptions entity_rule() {
  RuleOptions rule;
  rule.name = "negative-burst";
  rule.false_alarms = parse_false_alarms("1 per year").value();
  rule.group_by = {"entity"};
  return rule;
}

/// The same of another measure, under a budget.
inline RuleOptions measure_rule(Measure measure, const std::string& budget) {
  RuleOptions rule = entity_rule();
  rule.name = to_string(measure);
  rule.measure = measure;
  rule.false_alarms = parse_false_alarms(budget).value();
  return rule;
}

struct StreamOptions {
  std::size_t series = 20;
  int days = 28;
  double largest_rate = 4.0;  ///< negative stories an hour of the busiest series; the others fall off as 1 / rank
  double daily_swing = 0.8;   ///< of the rate around its mean over the day
  double weekend = 0.3;       ///< of the weekdays' rate
  double gamma_shape = 0.0;   ///< > 0: each hour's rate is multiplied by a Gamma of this shape and mean 1
  double other_share = 0.0;   ///< positive stories per negative one
  TimePoint start = kMonday;
};

/// The standard's distributions differ between libraries; these are the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  double uniform() { return (static_cast<double>(bits_() >> 11) + 0.5) / 9007199254740992.0; }
  double exponential() { return -std::log(uniform()); }
  double normal() { return std::sqrt(2.0 * exponential()) * std::cos(6.283185307179586 * uniform()); }
  /// Marsaglia and Tsang 2000, for shapes from 1/3 on.
  double gamma(double shape) {
    const double boost = shape < 1.0 ? std::pow(uniform(), 1.0 / shape) : 1.0;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0;
    for (;;) {
      const double x = normal();
      const double v = std::pow(1.0 + x / std::sqrt(9.0 * d), 3.0);
      if (v > 0.0 && std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return boost * d * v;
    }
  }

 private:
  std::mt19937_64 bits_;
};

/// A surge-free stream, in order of time: Poisson within each hour, hours perhaps over-dispersed.
inline std::vector<Observation> quiet_stream(const StreamOptions& options, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Observation> rows;
  std::int64_t story = 1;
  for (int hour = 0; hour < options.days * 24; ++hour) {
    const TimePoint start = options.start + std::chrono::hours{hour};
    const auto since_monday = std::chrono::floor<std::chrono::hours>(start - kMonday).count();
    const bool weekend = (since_monday / 24) % 7 >= 5;
    const double rhythm =
        (1.0 - options.daily_swing * std::cos(6.283185307179586 * static_cast<double>(since_monday % 24) / 24.0)) *
        (weekend ? options.weekend : 1.0);
    for (std::size_t s = 0; s < options.series; ++s) {
      double rate = options.largest_rate / static_cast<double>(s + 1) * rhythm;
      if (options.gamma_shape > 0.0) rate *= dice.gamma(options.gamma_shape) / options.gamma_shape;
      for (const bool negative : {true, false}) {
        const double of = negative ? rate : rate * options.other_share;
        if (of <= 0.0) continue;
        for (double t = dice.exponential() / of; t < 1.0; t += dice.exponential() / of) {
          rows.push_back(news(start + std::chrono::milliseconds{static_cast<std::int64_t>(t * 3.6e6)},
                              "company-" + std::to_string(s), negative ? "negative" : "positive", story++));
        }
      }
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].seq = static_cast<std::int64_t>(i + 1);
  return rows;
}

/// `count` new stories of one company, evenly over `length` from `start`, merged into a stream.
inline void plant(std::vector<Observation>& rows, const std::string& entity, const std::string& label, TimePoint start,
                  std::chrono::minutes length, int count, int reprints_each = 0) {
  std::int64_t story = 1'000'000 + static_cast<std::int64_t>(rows.size());
  for (int i = 0; i < count; ++i, ++story) {
    const TimePoint at = start + length * i / std::max(count, 1);
    for (int copy = 0; copy <= reprints_each; ++copy) {
      Observation row = news(at + std::chrono::minutes{2 * copy}, entity, label, story);
      if (copy > 0) row.source = "reprint-" + std::to_string(copy);
      rows.push_back(std::move(row));
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

/// All rows, with a tick every minute if asked, and half a day of ticks after the last.
inline std::vector<Transition> run(TrendDetector& detector, const std::vector<Observation>& rows, bool ticks = true) {
  std::vector<Transition> all;
  const auto add = [&](std::vector<Transition> some) {
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  };
  if (rows.empty()) return all;
  TimePoint clock = std::chrono::floor<std::chrono::minutes>(rows.front().at);
  for (const Observation& row : rows) {
    for (; ticks && clock + 1min <= row.at; clock += 1min) add(detector.tick(0, clock + 1min));
    add(detector.observe(row));
  }
  for (int minute = 1; ticks && minute <= 720; ++minute) add(detector.tick(0, clock + std::chrono::minutes{minute}));
  return all;
}

inline std::size_t count_type(const std::vector<Transition>& all, const std::string& type) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Transition& t) { return t.type == type && !t.late; }));
}

}  // namespace tapewatch::alerts::test
