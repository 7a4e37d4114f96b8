#pragma once

#include <cstddef>
#include <span>

#include "model/package/aligned_buffer.hpp"

namespace tapewatch::model {

/// Columns per panel; the same for every kernel, so that packing does not depend on the CPU.
inline constexpr std::size_t kPanel = 16;
constexpr std::size_t round_up(std::size_t value, std::size_t step) { return (value + step - 1) / step * step; }

/// The right side B [depth, columns] of a matrix product as panels of kPanel columns: panel p holds, row by row,
/// the kPanel values of columns p·kPanel…; columns beyond the last are zero. A view; also one of rows in their usual
/// order, with a stride of kPanel and their own distance as row_stride, if their columns fill panels.
struct PanelView {
  const float* data = nullptr;
  std::size_t depth = 0, columns = 0;
  std::size_t stride = depth * kPanel;  // floats from panel to panel
  std::size_t row_stride = kPanel;      // floats from row to row of a panel

  std::size_t panels() const { return (columns + kPanel - 1) / kPanel; }
  /// Columns [first, first + count), first a multiple of kPanel.
  PanelView columns_at(std::size_t first, std::size_t count) const {
    return {.data = data + first / kPanel * stride,
            .depth = depth,
            .columns = count,
            .stride = stride,
            .row_stride = row_stride};
  }
  /// Rows [first, first + count).
  PanelView depth_at(std::size_t first, std::size_t count) const {
    return {.data = data + first * row_stride,
            .depth = count,
            .columns = columns,
            .stride = stride,
            .row_stride = row_stride};
  }
};

/// A PanelView with its memory: the weights of a dense layer, packed once at load.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(std::size_t depth, std::size_t columns);

  /// Puts `weight` [rows, depth] (row-major, a layer's published form) at columns [first, first + rows).
  void pack_transposed(std::span<const float> weight, std::size_t first);

  PanelView view() const { return {.data = values_.data(), .depth = depth_, .columns = columns_}; }
  std::size_t depth() const { return depth_; }
  std::size_t columns() const { return columns_; }

 private:
  FloatBuffer values_;
  std::size_t depth_ = 0, columns_ = 0;
};

}  // namespace tapewatch::model
