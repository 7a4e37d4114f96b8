#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tapewatch {

/// One series of values in [−1, 1]; nullopt for no data, which is not zero.
struct PlotSeries {
  std::string name;
  std::vector<std::optional<double>> values;
};

/// One block character for each value, a blank for none.
std::string spark_line(const std::vector<std::optional<double>>& values);

struct PlotOptions {
  std::size_t width = 80;
  std::string from, to;  // written below the axis
};

/// A chart of block characters: tall with an axis for one series, one line each for several. Values beyond the width
/// are averaged in equal runs.
std::string draw_plot(const std::vector<PlotSeries>& series, const PlotOptions& options);

}  // namespace tapewatch
