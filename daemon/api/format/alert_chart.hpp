#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/notation/time_zone.hpp"

namespace tapewatch {

/// What an alert's chart shows: plain data, so that the same series is always the same picture.
struct AlertChart {
  using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;
  struct Bucket {
    std::optional<double> value;                ///< stories, or a mean in [-1, 1]; nothing: no story to take a mean of
    std::optional<double> expected, low, high;  ///< of such a stretch; nothing: not known
  };

  std::string title;    ///< one sentence
  std::string caption;  ///< what bars and band are, and where the band comes from
  bool mean = false;    ///< values are means, not counts
  TimePoint from{};     ///< start of the first bucket
  std::chrono::minutes bucket{5};
  std::vector<Bucket> buckets;
  TimePoint alert_from{}, alert_to{};      ///< the alert's span
  bool open = false;                       ///< it lasts
  std::optional<notation::TimeZone> zone;  ///< of the times at the axis; nothing: UTC
};

/// A picture of 640 x 260 as SVG, 16 higher where the title takes two lines: the values as bars (means as dots on a
/// line), the expected level with its band, the alert's span. No scripts and nothing from elsewhere; light
/// or dark as the reader's system is, on a ground of its own. Under 20 kB for 100 buckets.
std::string alert_chart_svg(const AlertChart& chart);

/// The same for chats, which show no SVG: a PNG of 1280 x 520 on white, without title and caption, which stand in the
/// message.
std::string alert_chart_png(const AlertChart& chart);

}  // namespace tapewatch
