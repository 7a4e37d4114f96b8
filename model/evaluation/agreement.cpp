#include "model/evaluation/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tapewatch::model {

void Agreement::add(std::span<const float> one, std::span<const float> other) {
  if (one.size() != other.size() || one.empty()) throw std::logic_error("Agreement::add: rows of other classes");
  const auto label = [](std::span<const float> row) { return std::ranges::max_element(row) - row.begin(); };
  ++rows;
  same_label += label(one) == label(other) ? 1 : 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    largest_difference = std::max(largest_difference, std::abs(double{one[i]} - double{other[i]}));
  }
}

double Agreement::share() const { return rows == 0 ? 0 : static_cast<double>(same_label) / static_cast<double>(rows); }

}  // namespace tapewatch::model
