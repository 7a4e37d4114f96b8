#include <fmt/format.h>

#include <array>
#include <cmath>

#include "daemon/api/format/alert_chart.hpp"
#include "daemon/api/format/chart_scale.hpp"
#include "daemon/api/format/png.hpp"

namespace tapewatch {
namespace {

constexpr double kZoom = 2;  // for sharp screens
constexpr double kUp = 24;   // there is no title

enum Colour : std::uint8_t { kGround, kGrid, kAxis, kSpan, kBand, kBandInSpan, kExpected, kUsual, kBeyond, kInk };
constexpr std::array<Rgb, 10> kColours = {{{255, 255, 255},
                                           {221, 227, 230},
                                           {154, 167, 174},
                                           {249, 232, 229},
                                           {209, 226, 233},
                                           {208, 211, 216},
                                           {27, 111, 143},
                                           {70, 86, 95},
                                           {184, 58, 38},
                                           {90, 106, 115}}};

/// Digits and what stands between them, five columns by seven rows; a row's highest of five bits is its left one.
struct Glyph {
  char character;
  std::array<std::uint8_t, 7> rows;
};
constexpr std::array<Glyph, 13> kGlyphs = {{{'0', {14, 17, 19, 21, 25, 17, 14}},
                                            {'1', {4, 12, 4, 4, 4, 4, 14}},
                                            {'2', {14, 17, 1, 2, 4, 8, 31}},
                                            {'3', {14, 17, 1, 6, 1, 17, 14}},
                                            {'4', {2, 6, 10, 18, 31, 2, 2}},
                                            {'5', {31, 16, 30, 1, 1, 17, 14}},
                                            {'6', {6, 8, 16, 30, 17, 17, 14}},
                                            {'7', {31, 1, 2, 4, 4, 4, 4}},
                                            {'8', {14, 17, 17, 14, 17, 17, 14}},
                                            {'9', {14, 17, 17, 15, 1, 2, 12}},
                                            {':', {0, 4, 4, 0, 4, 4, 0}},
                                            {'-', {0, 0, 0, 14, 0, 0, 0}},
                                            {'+', {0, 4, 4, 31, 4, 4, 0}}}};

class Picture {
 public:
  Picture()
      : raster_(static_cast<std::size_t>(chart::kWidth * kZoom),
                static_cast<std::size_t>((chart::kHeight - kUp - 26) * kZoom)) {}

  void fill(double left, double top, double right, double bottom, Colour colour) {
    raster_.fill(left * kZoom, (top - kUp) * kZoom, right * kZoom, (bottom - kUp) * kZoom, colour);
  }
  /// Every `on` of `on + off` along a level stretch.
  void dash(double left, double y, double right, Colour colour) {
    for (double x = left; x < right; x += 7) fill(x, y - 0.75, std::min(x + 4, right), y + 0.75, colour);
  }
  /// What is there keeps its place in the alert's span.
  void shade(double left, double top, double right, double bottom) {
    const auto pixel = [](double place) { return static_cast<std::size_t>(std::max(0.0, std::round(place * kZoom))); };
    for (std::size_t y = pixel(top - kUp); y < std::min(pixel(bottom - kUp), raster_.height()); ++y) {
      for (std::size_t x = pixel(left); x < std::min(pixel(right), raster_.width()); ++x) {
        raster_.set(x, y, raster_.at(x, y) == kSpan || raster_.at(x, y) == kBandInSpan ? kBandInSpan : kBand);
      }
    }
  }
  void line(double x0, double y0, double x1, double y1, Colour colour) {
    const double steps = std::max(1.0, std::ceil(std::max(std::abs(x1 - x0), std::abs(y1 - y0)) * kZoom));
    for (double i = 0; i <= steps; ++i) {
      const double x = x0 + (x1 - x0) * i / steps, y = y0 + (y1 - y0) * i / steps;
      fill(x - 0.75, y - 0.75, x + 0.75, y + 0.75, colour);
    }
  }
  /// `anchor`: how much of the text lies left of `x`.
  void text(double x, double baseline, double anchor, std::string_view words) {
    constexpr double kDot = 1.2;
    x -= anchor * kDot * (6.0 * static_cast<double>(words.size()) - 1.0);
    for (const char c : words) {
      for (const Glyph& glyph : kGlyphs) {
        if (glyph.character != c) continue;
        for (std::size_t row = 0; row < 7; ++row) {
          for (std::size_t column = 0; column < 5; ++column) {
            if ((glyph.rows[row] >> (4 - column) & 1) == 0) continue;
            const double left = x + static_cast<double>(column) * kDot;
            const double top = baseline - (7.0 - static_cast<double>(row)) * kDot;
            fill(left, top, left + kDot, top + kDot, kInk);
          }
        }
      }
      x += 6.0 * kDot;
    }
  }
  std::string encoded() const { return png(raster_, kColours); }

 private:
  Raster raster_;
};

/// "14:05", "01-05 14:05" where the chart spans days, else the day of the first one alone.
std::string digits_of(AlertChart::TimePoint at, bool days, bool first) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(at - day).count();
  const std::string clock = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  const std::string day_text =
      fmt::format("{:02}-{:02}", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (days) return day_text + " " + clock;
  return first ? day_text : clock;
}

void draw_axes(Picture& picture, const AlertChart& alert, const chart::Scale& at) {
  for (const double level : chart::levels(alert, at)) {
    const double y = at.y(level);
    picture.fill(chart::kLeft, y - 0.5, chart::kRight, y + 0.5, y == chart::kBottom ? kAxis : kGrid);
    picture.text(chart::kLeft - 6, y + 4, 1.0, chart::level_text(alert, level));
  }
  for (std::size_t i = 0; i < alert.buckets.size(); i += chart::label_every(alert)) {
    picture.fill(at.x(i) - 0.5, chart::kBottom, at.x(i) + 0.5, chart::kBottom + 4, kAxis);
    picture.text(at.x(i), chart::kBottom + 17, i == 0 ? 0.0 : 0.5,
                 digits_of(chart::local(alert, alert.from + alert.bucket * i), chart::spans_days(alert), i == 0));
  }
}

void draw_values(Picture& picture, const AlertChart& alert, const chart::Scale& at) {
  std::optional<std::pair<double, double>> before;
  for (std::size_t i = 0; i < alert.buckets.size(); ++i) {
    const auto& bucket = alert.buckets[i];
    const double width = std::max(1.0, at.step * 0.72), left = at.x(i) + (at.step - width) / 2;
    if (!alert.mean) {
      if (bucket.value.value_or(0) <= 0) continue;
      const bool beyond = bucket.high && *bucket.value > *bucket.high;
      picture.fill(left, at.y(*bucket.value), left + width, chart::kBottom, beyond ? kBeyond : kUsual);
      continue;
    }
    if (bucket.value) {
      const double x = at.x(i) + at.step / 2, y = at.y(*bucket.value);
      picture.fill(x - 2, y - 2, x + 2, y + 2, kUsual);
      if (before) picture.line(before->first, before->second, x, y, kUsual);
      before = {x, y};
    } else {
      before.reset();  // a gap is a gap
    }
  }
}

}  // namespace

std::string alert_chart_png(const AlertChart& alert) {
  const chart::Scale at(alert);
  Picture picture;
  const double from = at.x(alert.alert_from), to = alert.open ? chart::kRight : at.x(alert.alert_to);
  picture.fill(from, chart::kTop, std::max(to, from + 2), chart::kBottom, kSpan);
  for (std::size_t i = 0; i < alert.buckets.size(); ++i) {
    const auto& bucket = alert.buckets[i];
    if (bucket.low && bucket.high) picture.shade(at.x(i), at.y(*bucket.high), at.x(i + 1), at.y(*bucket.low));
  }
  draw_axes(picture, alert, at);
  draw_values(picture, alert, at);
  for (std::size_t i = 0; i < alert.buckets.size(); ++i) {
    if (const auto expected = alert.buckets[i].expected) picture.dash(at.x(i), at.y(*expected), at.x(i + 1), kExpected);
  }
  return picture.encoded();
}

}  // namespace tapewatch
