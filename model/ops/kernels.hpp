#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "model/ops/int8_kernels.hpp"
#include "model/ops/packed_matrix.hpp"

namespace tapewatch::model {

/// C [rows, b.columns] = A [rows, b.depth] · B + bias, or with `add` C + A · B. Row strides in floats; `bias` null or
/// round_up(columns, kPanel) floats, ignored with `add`. C must not overlap the others.
struct MatrixProduct {
  const float* a = nullptr;
  std::size_t a_stride = 0, rows = 0;
  PanelView b;
  const float* bias = nullptr;
  float* c = nullptr;
  std::size_t c_stride = 0;
  bool add = false;
};

/// `rows` rows of `columns` floats, `stride` apart.
struct Rows {
  float* data = nullptr;
  std::size_t rows = 0, columns = 0, stride = 0;
};

/// The numeric loops, once for each instruction set; chosen once, at load. Every output depends on its own row of A
/// (or its own row) alone, summed in one fixed order: neither the other rows nor their number change a bit of it, nor
/// does the instruction set.
struct Kernels {
  std::string_view name;
  /// Each element of C is bias (or C) + a₀b₀ + a₁b₁ + …, added in that order: a product split along the depth and added
  /// up is the same, bit for bit.
  void (*multiply)(const MatrixProduct&);
  /// `from` [rows, depth], `stride` floats from row to row, becomes the columns of a PanelView [depth, rows] in
  /// `panels`.
  void (*pack_rows)(const float* from, std::size_t stride, std::size_t rows, std::size_t depth, float* panels);
  /// Each row becomes softmax(scale · row).
  void (*softmax)(const Rows&, float scale);
  /// Each row becomes gamma · (x − mean) / √(variance + eps) + beta, of x = row + residual's row (null: of the row;
  /// `residual` is dense, `columns` apart).
  void (*add_layer_norm)(const Rows&, const float* residual, const float* gamma, const float* beta, float eps);
  /// x becomes x · ½ (1 + erf(x / √2)) (Hendrycks & Gimpel 2016, the exact form, as BERT's).
  void (*gelu)(float* values, std::size_t count);
  Int8Kernels int8;
};

/// Every set that this CPU can run, `portable` first, the fastest last.
std::span<const Kernels* const> available_kernels();
/// The fastest of them.
const Kernels& best_kernels();
/// The set of this name, or the fastest for `auto`; null if this CPU cannot run it or there is none.
const Kernels* kernels_named(std::string_view name);

}  // namespace tapewatch::model
