// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/packed_matrix.hpp"

#include <algorithm>

namespace tapewatch::model {

PackedMatrix::PackedMatrix(std::size_t depth, std::size_t columns)
    : values_(depth * round_up(columns, kPanel)), depth_(depth), columns_(columns) {
  // Only the last panel has columns that no weight fills.
  if (columns % kPanel != 0) {
    std::fill_n(values_.data() + columns / kPanel * kPanel * depth, depth * kPanel, 0.0F);
  }
}

void PackedMatrix::pack_transposed(std::span<const float> weight, std::size_t first) {
  const std::size_t rows = weight.size() / depth_;
  constexpr std::size_t kBlock = 16;  // of the depth: a 16 × 16 tile is read and written in whole cache lines
  for (std::size_t row = 0; row < rows;) {
    const std::size_t column = first + row;
    const std::size_t lanes = std::min(kPanel - column % kPanel, rows - row);
    float* panel = values_.data() + column / kPanel * kPanel * depth_ + column % kPanel;
    for (std::size_t begin = 0; begin < depth_; begin += kBlock) {
      const std::size_t end = std::min(begin + kBlock, depth_);
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const float* source = weight.data() + (row + lane) * depth_;
        for (std::size_t k = begin; k < end; ++k) panel[k * kPanel + lane] = source[k];
      }
    }
    row += lanes;
  }
}

}  // namespace tapewatch::model
