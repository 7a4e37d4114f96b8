#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace tapewatch::model::test {

/// Normally distributed values; the same for the same seed.
inline std::vector<float> random_floats(std::size_t count, unsigned seed, float spread = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

}  // namespace tapewatch::model::test
