#include "daemon/commands/query/terminal_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/commands/query/text_table.hpp"

namespace tapewatch {
namespace {

using Values = std::vector<std::optional<double>>;

constexpr std::array<std::string_view, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::size_t kMaxName = 28;
constexpr int kHalfHeight = 5;  // rows above and below zero

/// At most `columns` values: the means of runs of equal length.
Values fit(const Values& values, std::size_t columns) {
  if (values.size() <= columns) return values;
  Values fitted(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t first = i * values.size() / columns, last = (i + 1) * values.size() / columns;
    double sum = 0;
    int count = 0;
    for (std::size_t j = first; j < last; ++j) {
      if (!values[j]) continue;
      sum += *values[j];
      ++count;
    }
    if (count > 0) fitted[i] = sum / count;
  }
  return fitted;
}

std::string time_axis(std::size_t indent, std::size_t columns, const PlotOptions& options) {
  const std::size_t between =
      columns > options.from.size() + options.to.size() ? columns - options.from.size() - options.to.size() : 1;
  return std::string(indent, ' ') + options.from + std::string(between, ' ') + options.to + "\n";
}

/// One row of the tall chart: `row` counts from +kHalfHeight (top) to −kHalfHeight + 1; blocks fill in eighths upwards
/// from zero, and by half blocks downwards, for which terminals have no eighths.
std::string tall_row(const Values& values, int row) {
  std::string line;
  for (const auto& value : values) {
    const double height = value ? std::clamp(*value, -1.0, 1.0) * kHalfHeight : 0;
    if (!value) {
      line += " ";
    } else if (row > 0) {
      const double fill = std::clamp(height - (row - 1), 0.0, 1.0);
      const auto eighths = static_cast<std::size_t>(std::lround(fill * 8));
      line += eighths == 0 ? " " : kBlocks[eighths - 1];
    } else {
      const double fill = std::clamp(-height + row, 0.0, 1.0);
      line += fill >= 0.75 ? "█" : fill >= 0.25 ? "▀" : " ";
    }
  }
  return line;
}

std::string draw_tall(const PlotSeries& series, const PlotOptions& options) {
  constexpr std::size_t kAxis = 7;
  const Values values = fit(series.values, std::max<std::size_t>(10, options.width - kAxis - 1));
  std::string out = series.name + "\n";
  for (int row = kHalfHeight; row > -kHalfHeight; --row) {
    std::string label = "     ";
    if (row == kHalfHeight) label = "+1.00";
    if (row == 0) label = " 0.00";
    if (row == -kHalfHeight + 1) label = "-1.00";
    out += fmt::format("{} {}{}\n", label, row > 0 ? "│" : "┊", tall_row(values, row));
  }
  return out + time_axis(kAxis, values.size(), options);
}

std::string draw_lines(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  std::size_t name_width = 0;
  for (const auto& one : series) name_width = std::max(name_width, std::min(kMaxName, display_width(one.name)));
  const std::size_t columns =
      std::max<std::size_t>(10, options.width > name_width + 10 ? options.width - name_width - 10 : 10);
  std::string out;
  std::size_t drawn = 0;
  for (const auto& one : series) {
    const Values values = fit(one.values, columns);
    drawn = std::max(drawn, values.size());
    const auto last =
        std::find_if(one.values.rbegin(), one.values.rend(), [](const auto& value) { return value.has_value(); });
    const std::string name = cut_to_width(one.name, kMaxName);
    out += name + std::string(name_width - display_width(name), ' ') + " │" + spark_line(values) +
           std::string(columns - std::min(columns, values.size()), ' ') +
           (last == one.values.rend() ? std::string("│") : fmt::format("│ {:+.2f}", **last)) + "\n";
  }
  return out + time_axis(name_width + 2, drawn, options);
}

}  // namespace

std::string spark_line(const std::vector<std::optional<double>>& values) {
  std::string line;
  for (const auto& value : values) {
    if (!value) {
      line += ' ';
      continue;
    }
    const double part = (std::clamp(*value, -1.0, 1.0) + 1) / 2;
    line += kBlocks[static_cast<std::size_t>(std::min(7.0, std::floor(part * 8)))];
  }
  return line;
}

std::string draw_plot(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  if (series.empty()) return "nothing to draw\n";
  return series.size() == 1 ? draw_tall(series.front(), options) : draw_lines(series, options);
}

}  // namespace tapewatch
