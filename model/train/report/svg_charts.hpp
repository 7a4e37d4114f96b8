#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/evaluation/reliability.hpp"

namespace tapewatch::model::train {

/// Text for HTML and SVG: & < > " ' as entities.
std::string escape_html(std::string_view text);

struct ChartLine {
  std::string name;
  std::vector<std::pair<double, double>> points;  // in order of x
};
/// Lines over common axes with ticks and a legend, as one inline <svg>.
std::string line_chart(std::string_view title, std::string_view x_label, const std::vector<ChartLine>& lines);

/// Accuracy over confidence, with the diagonal of perfect calibration.
std::string reliability_diagram(std::string_view title, const std::vector<ReliabilityBin>& bins);

/// counts[true][predicted] as a table shaded by the share of its row.
std::string confusion_table(std::string_view title, const std::vector<std::string>& names,
                            const std::vector<std::vector<std::int64_t>>& counts);

}  // namespace tapewatch::model::train
