// The score of the Numenta Anomaly Benchmark [Lavin and Ahmad 2015, arXiv:1510.03336] for the output of `tapewatch
// detect`: the standard profile. The benchmark's data are not part of this project.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/bench/detection/tables.hpp"

namespace tapewatch::bench {
namespace {

constexpr double kFalsePositive = 0.11;  // a true positive and a false negative weigh 1
constexpr double kProbation = 0.15;      // of a file's rows, at most of 5,000, are not scored

struct Window {
  std::size_t left = 0, right = 0;  // rows, both included
  double width() const { return static_cast<double>(right - left + 1); }
};

struct Series {
  std::vector<std::string> times;
  std::vector<double> scores;
  std::vector<bool> opens;  // an alert opened with that row
  std::vector<Window> windows;
};

double scaled_sigmoid(double x) { return x > 3.0 ? -1.0 : 2.0 / (1.0 + std::exp(5.0 * x)) - 1.0; }

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  return fields;
}

Series read_series(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error(path + " cannot be read");
  const std::vector<std::string> names = split(line);
  const auto column = [&](const char* name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) throw std::runtime_error(path + " has no column " + name);
    return static_cast<std::size_t>(found - names.begin());
  };
  const std::size_t score = column("score"), alert = column("alert");
  Series out;
  bool open = false;
  while (std::getline(in, line)) {
    const std::vector<std::string> fields = split(line);
    if (fields.size() <= std::max(score, alert)) throw std::runtime_error(path + ": a row is too short: " + line);
    out.times.push_back(fields.front().substr(0, 19));  // to the second
    out.scores.push_back(fields[score].empty() ? 0.0 : std::stod(fields[score]));
    const bool now = fields[alert] == "1";
    out.opens.push_back(now && !open);
    open = now;
  }
  return out;
}

void read_windows(const boost::json::value& all, const std::string& path, Series& series) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  for (const auto& [key, windows] : all.as_object()) {
    if (key.find(name) == boost::json::string_view::npos) continue;
    for (const boost::json::value& window : windows.as_array()) {
      const auto row = [&](std::size_t end) {
        const std::string time(window.as_array().at(end).as_string().subview(0, 19));
        return static_cast<std::size_t>(std::lower_bound(series.times.begin(), series.times.end(), time) -
                                        series.times.begin());
      };
      series.windows.push_back({row(0), row(1)});
    }
    return;
  }
  throw std::runtime_error(name + " is not among the windows; outputs keep the names of their inputs");
}

/// What the rows earn that `detected` names: the first of each window, less each one outside.
template <class Detected>
double earned(const Series& series, Detected detected) {
  const std::size_t rows = series.times.size();
  const auto first = static_cast<std::size_t>(kProbation * static_cast<double>(std::min<std::size_t>(rows, 5000)));
  double sum = 0.0;
  std::set<std::size_t> found;
  const Window* last = nullptr;
  for (std::size_t i = 0; i < rows; ++i) {
    const Window* inside = nullptr;
    for (const Window& window : series.windows) {
      if (window.left <= i && i <= window.right) inside = &window;
      if (window.right < i) last = &window;
    }
    if (i < first || !detected(i)) continue;
    if (inside != nullptr) {
      if (!found.insert(inside->left).second) continue;
      const double position = -static_cast<double>(inside->right - i + 1) / inside->width();
      sum += scaled_sigmoid(position) / scaled_sigmoid(-1.0);
    } else {
      const double past = last == nullptr ? 4.0 : static_cast<double>(i - last->right) / (last->width() - 1.0);
      sum += kFalsePositive * scaled_sigmoid(past);
    }
  }
  return sum - static_cast<double>(series.windows.size() - found.size());
}

template <class Detected>
double normalised(const std::vector<Series>& all, Detected detected) {
  double sum = 0.0, windows = 0.0;
  for (const Series& series : all) {
    sum += earned(series, [&](std::size_t row) { return detected(series, row); });
    windows += static_cast<double>(series.windows.size());
  }
  return 100.0 * (sum + windows) / (2.0 * windows);
}

using Thresholds = std::set<double, std::greater<>>;

struct Choice {
  double threshold = 0.0, score = -1e9;
};

Choice best_threshold(const std::vector<Series>& all, const Thresholds& thresholds) {
  Choice best;
  for (const double threshold : thresholds) {
    const double score =
        normalised(all, [&](const Series& series, std::size_t row) { return series.scores[row] >= threshold; });
    if (score > best.score) best = {threshold, score};
  }
  return best;
}

/// The score of all, each file by the threshold that is best for the others.
double left_out(const std::vector<Series>& all, const Thresholds& thresholds) {
  double sum = 0.0, windows = 0.0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<Series> others = all;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    const double threshold = best_threshold(others, thresholds).threshold;
    sum += earned(all[i], [&](std::size_t row) { return all[i].scores[row] >= threshold; });
    windows += static_cast<double>(all[i].windows.size());
  }
  return 100.0 * (sum + windows) / (2.0 * windows);
}

}  // namespace

void nab_score(const TableOptions& options) {
  if (options.inputs.size() < 2) throw std::runtime_error("nab takes combined_windows.json and detect's outputs");
  std::ifstream file(options.inputs.front());
  std::ostringstream text;
  text << file.rdbuf();
  const boost::json::value windows = boost::json::parse(text.str());
  std::vector<Series> all;
  Thresholds thresholds;
  for (std::size_t i = 1; i < options.inputs.size(); ++i) {
    all.push_back(read_series(options.inputs[i]));
    read_windows(windows, options.inputs[i], all.back());
    for (const double score : all.back().scores) thresholds.insert(std::round(score * 20.0) / 20.0);
  }
  thresholds.insert(std::numeric_limits<double>::infinity());  // no row at all
  const Choice best = best_threshold(all, thresholds);
  const double alerts = normalised(all, [](const Series& series, std::size_t row) { return bool{series.opens[row]}; });
  fmt::print(
      "| by | NAB score |\n|---|---|\n| score, best threshold {:.2f} | {:.1f} |\n"
      "| score, each file by the best threshold of the others | {:.1f} |\n| alerts that open | {:.1f} |\n",
      best.threshold, best.score, left_out(all, thresholds), alerts);
}

}  // namespace tapewatch::bench
