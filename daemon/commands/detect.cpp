// Tested by tests/daemon/commands/detect_command_test.cpp
#include "daemon/commands/detect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <numbers>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "alerts/detector/alert_state.hpp"
#include "alerts/detector/negative_binomial.hpp"
#include "alerts/detector/surge_engine.hpp"
#include "config/notation/ascii.hpp"
#include "config/notation/epoch.hpp"
#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/post_counts.hpp"

namespace tapewatch {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr minutes kLongestStep{24 * 60};
constexpr double kLargestValue = 1e6;
constexpr double kLargestScore = 300.0;  // the smallest tail probability of a double

struct Row {
  std::string timestamp;  // as read
  std::string value;
  alerts::TimePoint at{};
  std::int64_t count = 0;
};

struct SeriesError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A cell of a CSV file without the blanks and quotes around it.
std::string_view cell(std::string_view text) { return notation::trimmed(text, " \r\""); }

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<alerts::TimePoint> time_of(std::string_view text) {
  if (const auto epoch = notation::parse_epoch(text)) return epoch;
  if (const auto zoned = notation::parse_rfc3339(text)) return zoned;
  return notation::parse_rfc3339(std::string(text) + "Z");  // without a zone: UTC
}

/// One row, or the reason why the line is not a row.
std::string parse_row(std::string_view line, Row& row) {
  const std::size_t comma = line.find(',');
  if (comma == std::string_view::npos) return "two columns are needed: timestamp,value";
  row.timestamp = cell(line.substr(0, comma));
  row.value = cell(line.substr(comma + 1, line.substr(comma + 1).find(',')));
  const auto at = time_of(row.timestamp);
  if (!at) return "'" + row.timestamp + "' is not a timestamp";
  row.at = *at;
  const auto value = number(row.value);
  if (!value || !(*value >= 0.0) || *value > kLargestValue) {
    return "'" + row.value + "' is not a count from 0 to 1000000";
  }
  row.count = std::llround(*value);
  return "";
}

std::vector<Row> read_rows(std::istream& in) {
  std::vector<Row> rows;
  std::string line;
  for (std::size_t number_of = 1; std::getline(in, line); ++number_of) {
    if (cell(line).empty()) continue;
    Row row;
    const std::string wrong = parse_row(line, row);
    if (!wrong.empty()) {
      if (number_of == 1) continue;  // a header
      throw SeriesError(fmt::format("line {}: {}", number_of, wrong));
    }
    if (!rows.empty() && row.at <= rows.back().at) {
      throw SeriesError(fmt::format("line {}: '{}' is not after the row before it", number_of, row.timestamp));
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw SeriesError("the file has no row of timestamp,value");
  return rows;
}

/// The usual distance between rows, in whole minutes.
minutes step_of(const std::vector<Row>& rows) {
  std::map<minutes, std::size_t> seen;
  for (std::size_t i = 1; i < rows.size(); ++i) ++seen[std::chrono::floor<minutes>(rows[i].at - rows[i - 1].at)];
  if (seen.empty()) return minutes{1};
  const auto usual =
      std::max_element(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (usual->first < minutes{1} || usual->first > kLongestStep) {
    throw SeriesError(fmt::format("rows are {} minutes apart; the detector accepts 1 to {}, a day",
                                  usual->first.count(), kLongestStep.count()));
  }
  return usual->first;
}

alerts::RuleOptions rule_for(alerts::RuleOptions rule, minutes step) {
  rule.where = {};
  rule.group_by = {};
  const auto shortest = *std::min_element(rule.windows.begin(), rule.windows.end());
  if (step > shortest) {
    std::erase_if(rule.windows, [&](milliseconds window) { return window <= step; });
    rule.windows.insert(rule.windows.begin(), step);
  }
  return rule;
}

/// A number that looks random, the same for the same input (the finaliser of SplitMix64).
std::uint64_t scrambled(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// One series of counts through the detector's statistics. A row tells of the `step` that begins at its time: its count
/// is heard scattered over these minutes, as events are that nobody has counted together, since the rule's budget is
/// meant for those. Heard all at once it would be a surge, and evenly it would hardly ever look like one.
class CountSeries {
 public:
  CountSeries(alerts::RuleOptions rule, minutes step) : rule_(std::move(rule)), step_(step), engine_(rule_) {}

  /// The row's columns beside time and value.
  std::string hear(alerts::TimePoint at, std::int64_t count) {
    if (!engine_.started()) {
      engine_.start(hour_of(at));
      engine_.add(series_);
    }
    std::vector<std::int64_t> votes(static_cast<std::size_t>(step_.count()));
    std::uint64_t seed = static_cast<std::uint64_t>(at.time_since_epoch().count());
    for (std::int64_t i = 0; i < count; ++i) ++votes[(seed = scrambled(seed)) % votes.size()];
    for (std::size_t minute = 0; minute < votes.size(); ++minute) {
      if (votes[minute] > 0) hear_minute(at + minutes{minute} + kHalfMinute, votes[minute]);
    }
    const alerts::TimePoint end = at + step_ - milliseconds{1};
    go_to(end);
    return judgement(end.time_since_epoch().count());
  }

 private:
  static constexpr std::chrono::seconds kHalfMinute{30};

  static std::int64_t hour_of(alerts::TimePoint at) {
    return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
  }

  void hear_minute(alerts::TimePoint at, std::int64_t votes) {
    go_to(at);
    const std::int64_t ms = at.time_since_epoch().count();
    bool counted = false;
    for (; votes > 0; --votes) counted = engine_.count(series_, ms, ms) || counted;
    if (counted) judge(at);
  }

  void go_to(alerts::TimePoint at) {
    advance(hour_of(at));
    pass_to(at);
  }

  void advance(std::int64_t hour) {
    while (engine_.hour() < hour) {
      pass_to(alerts::TimePoint{std::chrono::hours{engine_.hour() + 1}} - milliseconds{1});
      alerts::SurgeSeries* active = &series_;
      engine_.close_hour(std::span(&active, 1));
    }
  }

  /// Minute by minute while an alert is open: its end does not depend on when the next row comes.
  void pass_to(alerts::TimePoint at) {
    for (alerts::TimePoint now = std::max(passed_, alerts::TimePoint{std::chrono::hours{engine_.hour()}});
         series_.judge.open() && now < at;) {
      now = std::min(now + minutes{1}, at);
      engine_.pass(series_, now.time_since_epoch().count());
      step(now);
    }
    passed_ = at;
  }

  void step(alerts::TimePoint now) {
    const std::int64_t ms = now.time_since_epoch().count();
    if (series_.judge.lasts(ms)) {
      episode_.accept(now);
      series_.judge.end_accepted(ms, series_.baseline);
      return;
    }
    episode_.advance(series_.judge.calm(ms, engine_.shared().model()), now, rule_, {});
    if (!episode_.open()) series_.judge.end_calm(series_.baseline, engine_.shared(), 1);
  }

  void judge(alerts::TimePoint at) {
    const std::int64_t now = at.time_since_epoch().count();
    const auto verdict = engine_.judge(series_, now, now);
    const auto minute = std::chrono::floor<minutes>(at).time_since_epoch().count();
    if (!verdict.alarm || episode_.open() || !episode_.may_open(minute, at, rule_)) return;
    alerts::Reading reading;
    reading.from = std::chrono::floor<minutes>(milliseconds{verdict.alarm->from}).count();
    episode_.start(reading, at, "", {.stories = 1, .documents = 1, .single_source = {}}, rule_);
    engine_.open(series_, now, *verdict.alarm);
  }

  std::string judgement(std::int64_t now) const {
    const auto own = engine_.expected(series_, static_cast<int>(step_.count()), std::span(&now, 1)).front();
    if (!own) return ",,,0";  // nothing was learned yet
    double score = 0.0;
    for (const alerts::ScanWindow& window : engine_.windows()) {
      const auto reading = engine_.reading(series_, window.minutes, now);
      if (reading) score = std::max(score, std::min(kLargestScore, -reading->log_p / std::numbers::ln10));
    }
    return fmt::format("{:.3f},{},{:.3f},{}", own->mean, alerts::upper_quantile(*own, 0.025), score,
                       episode_.phase() == alerts::Phase::firing ? 1 : 0);
  }

  alerts::RuleOptions rule_;
  minutes step_;
  alerts::SurgeEngine engine_;
  alerts::SurgeSeries series_;
  alerts::Episode episode_;
  alerts::TimePoint passed_{};
};

/// The same columns for a series of posts.
std::string judgement(const PostCounts::Reading& reading) {
  if (!reading.known) return ",,,0";
  return fmt::format("{:.3f},{:.0f},{:.3f},{}", reading.expected, std::floor(reading.upper), reading.score,
                     reading.alert() ? 1 : 0);
}

void detect(const DetectOptions& options, const alerts::RuleOptions& given, std::istream& in, std::ostream& out) {
  const std::vector<Row> rows = read_rows(in);
  const minutes step = step_of(rows);
  CountSeries series(rule_for(given, step), step);
  PostCounts posts;
  out << "timestamp,value,expected,upper,score,alert\n";
  for (const Row& row : rows) {
    const std::string columns =
        options.preset == "posts" ? judgement(posts.hear(row.at, row.count)) : series.hear(row.at, row.count);
    out << row.timestamp << ',' << row.value << ',' << columns << '\n';
  }
}

}  // namespace

int run_detect(const DetectOptions& options, const alerts::RuleOptions& rule, std::istream& in, std::ostream& out,
               std::ostream& err) {
  const std::string name = options.series.empty() || options.series == "-" ? "standard input" : options.series;
  try {
    detect(options, rule, in, out);
    return 0;
  } catch (const SeriesError& error) {
    err << "tapewatch: " << name << ": " << notation::printable(error.what()) << "\n";
    return 1;
  }
}

int run_detect(const DetectOptions& options, const alerts::RuleOptions& rule, std::istream& in, std::ostream& out) {
  return run_detect(options, rule, in, out, std::cerr);
}

int run_detect(const DetectOptions& options) {
  alerts::RuleOptions rule;
  rule.name = "series";
  if (!options.config.empty()) {
    const config::LoadResult loaded = config::load(options.config);
    for (const config::ConfigError& error : loaded.errors) std::cerr << config::to_string(error) << "\n";
    if (!loaded.errors.empty()) return 2;
    const auto& rules = loaded.config.rules;
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& r) {
      return options.rule.empty() ? rules.size() == 1 : r.name == options.rule;
    });
    if (found == rules.end()) {
      std::cerr << "tapewatch: " << options.config << ": "
                << (options.rule.empty() ? "name one of its rules with --rule" : "there is no rule " + options.rule)
                << "\n";
      return 2;
    }
    rule = *found;
    if (rule.measure != alerts::Measure::negative_stories) {
      std::cerr << "tapewatch: " << options.config << ": detect judges counts, and the rule " << rule.name
                << " watches " << alerts::to_string(rule.measure) << ": name a rule of negative_stories\n";
      return 2;
    }
  } else if (!options.rule.empty()) {
    std::cerr << "tapewatch: --rule names a rule of a configuration: give --config as well\n";
    return 2;
  }
  if (options.series.empty() || options.series == "-") return run_detect(options, rule, std::cin, std::cout);
  std::ifstream file(options.series);
  if (!file) {
    std::cerr << "tapewatch: " << options.series << " cannot be read\n";
    return 1;
  }
  return run_detect(options, rule, file, std::cout);
}

}  // namespace tapewatch
