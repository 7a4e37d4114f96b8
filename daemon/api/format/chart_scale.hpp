#pragma once
// Where an alert's chart puts what it shows: shared by the SVG and the PNG.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "daemon/api/format/alert_chart.hpp"

namespace tapewatch::chart {

constexpr double kWidth = 640, kHeight = 260;
constexpr double kLeft = 44, kRight = 628, kTop = 34, kBottom = 206;

/// The least number of one digit and zeros that is not below, 7 and 9 left out.
inline double round_up(double value) {
  double power = std::pow(10.0, std::floor(std::log10(std::max(value, 1.0))));
  for (const double step : {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0}) {
    if (step * power >= value) return step * power;
  }
  return 10.0 * power;
}

/// From the chart's numbers to places in the picture.
struct Scale {
  explicit Scale(const AlertChart& chart)
      : from(chart.from),
        length(static_cast<double>((chart.bucket * std::max<std::size_t>(chart.buckets.size(), 1)).count()) * 60e3),
        step((kRight - kLeft) / static_cast<double>(std::max<std::size_t>(chart.buckets.size(), 1))),
        lowest(chart.mean ? -1.0 : 0.0) {
    if (chart.mean) return;
    double most = 4.0;
    for (const auto& bucket : chart.buckets) {
      most = std::max({most, bucket.value.value_or(0), bucket.high.value_or(0), bucket.expected.value_or(0)});
    }
    highest = round_up(most);
  }

  double x(AlertChart::TimePoint at) const {
    const double part = static_cast<double>((at - from).count()) / length;
    return kLeft + std::clamp(part, 0.0, 1.0) * (kRight - kLeft);
  }
  double x(std::size_t bucket) const { return kLeft + static_cast<double>(bucket) * step; }
  double y(double value) const {
    const double part = (std::clamp(value, lowest, highest) - lowest) / (highest - lowest);
    return kBottom - part * (kBottom - kTop);
  }

  AlertChart::TimePoint from;
  double length, step, lowest, highest = 1.0;
};

/// What stands at the ends and, where it is a whole number, in the middle of the upright axis.
inline std::vector<double> levels(const AlertChart& chart, const Scale& at) {
  const double middle = (at.lowest + at.highest) / 2;
  std::vector<double> out = {at.lowest, at.highest};
  if (chart.mean || middle == std::floor(middle)) out.push_back(middle);
  return out;
}

/// A number at the upright axis; means have a sign.
inline std::string level_text(const AlertChart& chart, double level) {
  return chart.mean && level != 0.0 ? fmt::format("{:+.0f}", level) : fmt::format("{:.0f}", level);
}

/// What a clock of the chart's zone shows at that instant, as if it were UTC.
inline AlertChart::TimePoint local(const AlertChart& chart, AlertChart::TimePoint at) {
  return chart.zone ? at + chart.zone->offset(at) : at;
}

/// How many stretches lie between two labels of the time.
inline std::size_t label_every(const AlertChart& chart) {
  return std::max<std::size_t>(1, (chart.buckets.size() + 5) / 6);
}

/// Whether each label of the time names its day.
inline bool spans_days(const AlertChart& chart) { return chart.bucket * chart.buckets.size() > std::chrono::hours{20}; }

}  // namespace tapewatch::chart
