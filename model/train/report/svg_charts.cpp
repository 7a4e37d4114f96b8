// Tested by tests/train/report/report_test.cpp
#include "model/train/report/svg_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tapewatch::model::train {
namespace {

constexpr double kWidth = 560, kHeight = 260, kLeft = 52, kRight = 12, kTop = 28, kBottom = 40;
constexpr std::string_view kColours[] = {"#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df",
                                         "#bf3989", "#0a7ea4", "#57606a", "#e16f24", "#116329"};
constexpr std::size_t kColourCount = std::size(kColours);

/// The position of a value in the picture.
struct Axis {
  double low, high, from, to;
  double operator()(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/// Between four and nine round steps over the range.
double tick_step(double range) {
  const double power = std::pow(10.0, std::floor(std::log10(range)));
  for (const double factor : {0.1, 0.2, 0.5, 1.0}) {
    if (range / (power * factor) <= 8.0) return power * factor;
  }
  return power * 2.0;
}

std::string frame(std::string_view title, double width, double height) {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" aria-label=\"{}\"><text class=\"title\" x=\"{}\" "
      "y=\"16\">{}"
      "</text>",
      width, height, width, escape_html(title), kLeft, escape_html(title));
}

std::string axes(const Axis& x, const Axis& y, std::string_view x_label) {
  std::string out;
  const double x_step = tick_step(x.high - x.low), y_step = tick_step(y.high - y.low);
  for (double at = std::ceil(y.low / y_step) * y_step; at <= y.high + 1e-9; at += y_step) {
    out += fmt::format(
        "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text class=\"tick\" text-anchor=\"end\" x=\"{}\" y=\"{:.1f}\">{:.4g}</text>",
        x.from, x.to, y(at), y(at), x.from - 6, y(at) + 4, std::abs(at) < 1e-9 ? 0.0 : at);
  }
  for (double at = std::ceil(x.low / x_step) * x_step; at <= x.high + 1e-9; at += x_step) {
    out += fmt::format("<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{}\">{:.6g}</text>", x(at),
                       y.from + 16, std::abs(at) < 1e-9 ? 0.0 : at);
  }
  return out + fmt::format("<text class=\"tick\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>", x.to, y.from + 32,
                           escape_html(x_label));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string line_chart(std::string_view title, std::string_view x_label, const std::vector<ChartLine>& lines) {
  double low_x = INFINITY, high_x = -INFINITY, low_y = INFINITY, high_y = -INFINITY;
  for (const auto& line : lines) {
    for (const auto& [x, y] : line.points) {
      low_x = std::min(low_x, x), high_x = std::max(high_x, x), low_y = std::min(low_y, y),
      high_y = std::max(high_y, y);
    }
  }
  if (!(low_x <= high_x)) return "";
  if (low_x == high_x) low_x -= 1.0, high_x += 1.0;
  const double pad = low_y == high_y ? 0.05 : 0.06 * (high_y - low_y);
  const Axis x{low_x, high_x, kLeft, kWidth - kRight}, y{low_y - pad, high_y + pad, kHeight - kBottom, kTop};
  const double legend = 18.0 * static_cast<double>((lines.size() + 1) / 2);
  auto out = frame(title, kWidth, kHeight + legend) + axes(x, y, x_label);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto colour = kColours[i % kColourCount];
    std::string points, dots;
    for (const auto& [at, value] : lines[i].points) {
      points += fmt::format("{:.1f},{:.1f} ", x(at), y(value));
      if (lines[i].points.size() < 30) {
        dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\"/>", x(at), y(value), colour);
      }
    }
    out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>{}", points, colour,
                       dots);
    const double legend_x = i % 2 == 0 ? kLeft : kWidth / 2, legend_y = kHeight + 18.0 * static_cast<double>(i / 2) + 8;
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"10\" height=\"10\" fill=\"{}\"/><text class=\"tick\" x=\"{}\" "
        "y=\"{}\">{} ({:.4g})</text>",
        legend_x, legend_y - 9, colour, legend_x + 15, legend_y, escape_html(lines[i].name),
        lines[i].points.empty() ? 0.0 : lines[i].points.back().second);
  }
  return out + "</svg>";
}

std::string reliability_diagram(std::string_view title, const std::vector<ReliabilityBin>& bins) {
  const Axis x{0.0, 1.0, kLeft, kLeft + kHeight}, y{0.0, 1.0, kHeight - kBottom, kTop};
  auto out = frame(title, x.to + kRight, kHeight) + axes(x, y, "confidence");
  out += fmt::format("<line class=\"ideal\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", x(0), y(0), x(1), y(1));
  std::string points;
  for (const auto& bin : bins) points += fmt::format("{:.1f},{:.1f} ", x(bin.confidence), y(bin.accuracy));
  out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"/>", points, kColours[0]);
  for (const auto& bin : bins) {
    out += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\"><title>{} rows: said {:.3f}, right "
        "{:.3f}</title></circle>",
        x(bin.confidence), y(bin.accuracy), kColours[0], bin.rows, bin.confidence, bin.accuracy);
  }
  return out + "</svg>";
}

std::string confusion_table(std::string_view title, const std::vector<std::string>& names,
                            const std::vector<std::vector<std::int64_t>>& counts) {
  auto out =
      fmt::format("<table class=\"confusion\"><caption>{}: rows are true, columns are predicted</caption><tr><th></th>",
                  escape_html(title));
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += fmt::format("<th class=\"column\" title=\"{}\">{}</th>", escape_html(names[i]),
                       names.size() > 6 ? fmt::format("{}", i + 1) : escape_html(names[i]));
  }
  out += "</tr>";
  for (std::size_t row = 0; row < counts.size(); ++row) {
    const auto total = std::accumulate(counts[row].begin(), counts[row].end(), std::int64_t{0});
    out +=
        fmt::format("<tr><th>{}{}</th>", names.size() > 6 ? fmt::format("{} ", row + 1) : "", escape_html(names[row]));
    for (std::size_t column = 0; column < counts[row].size(); ++column) {
      const double share = total == 0 ? 0.0 : static_cast<double>(counts[row][column]) / static_cast<double>(total);
      out += fmt::format("<td style=\"background:rgba({},{:.2f})\">{}</td>", row == column ? "26,127,55" : "209,36,47",
                         share * 0.7, counts[row][column]);
    }
    out += "</tr>";
  }
  return out + "</table>";
}

}  // namespace tapewatch::model::train
