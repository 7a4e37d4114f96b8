#pragma once

#include <cstddef>
#include <cstdint>

namespace tapewatch::model {

/// Rows of 8-bit numbers [rows, columns], in the form of the kernel set that wrote them: x ≈ scale · (q − zero) with q
/// in 0…255, one scale and one zero for each row (asymmetric quantisation, a row is a token).
struct Int8Rows {
  std::byte* data = nullptr;
  std::size_t stride = 0, rows = 0, columns = 0;  // stride in bytes
  float* scales = nullptr;                        // [rows]
  std::int32_t* zeros = nullptr;                  // [rows]
};

/// What belongs to the columns of a weight matrix, its outputs; each padded with zeros to whole panels.
struct Int8Columns {
  const float* scales = nullptr;       // w ≈ scale · q with q in −127…127 (symmetric)
  const std::int32_t* sums = nullptr;  // Σ q over the column
  const float* bias = nullptr;
};

/// Weights [depth, outputs], packed by the kernel set that reads them.
struct Int8Matrix {
  const std::byte* data = nullptr;
  std::size_t outputs = 0;
  Int8Columns columns;
};

/// C [rows, outputs] = A · B + bias, then GELU of it, or residual + it, or nothing of both. Each element is
/// the exact integer sum Σ (q − zero) · w, rounded to a float once, times (weight's scale · row's scale) plus bias
/// rounded once.
struct Int8Product {
  Int8Rows a;
  Int8Matrix b;
  float* c = nullptr;
  std::size_t c_stride = 0;         // in floats; also the residual's
  const float* residual = nullptr;  // [rows, outputs]; may be C
  bool gelu = false;
};

/// `rows` rows of `columns` floats, `stride` floats apart.
struct FloatRows {
  const float* data = nullptr;
  std::size_t rows = 0, columns = 0, stride = 0;
};

/// Memory for a matrix made of floats at run time: `data` of matrix_bytes(); `scales` and `sums` as in Int8Columns,
/// whose bias is the caller's.
struct Int8Packing {
  std::byte* data = nullptr;
  float* scales = nullptr;
  std::int32_t* sums = nullptr;
};

/// The loops over 8-bit integers of a kernel set, which alone knows how rows and weights lie in memory. Depths up to
/// 65,536, beyond which a sum could overflow.
struct Int8Kernels {
  /// Bytes from row to row.
  std::size_t (*row_bytes)(std::size_t columns);
  /// Quantises rows of floats, `x_stride` apart; memory and sizes of `out` are given.
  void (*quantise)(const float* x, std::size_t x_stride, const Int8Rows& out);
  /// Columns are padded to a multiple of this.
  std::size_t panel;
  std::size_t (*matrix_bytes)(std::size_t depth, std::size_t outputs);
  /// Packs weights [outputs, depth], row-major, a layer's published form, into matrix_bytes() bytes.
  void (*pack)(const std::int8_t* weight, std::size_t depth, std::size_t outputs, std::byte* out);
  void (*multiply)(const Int8Product&);
  /// Attention's matrices, quantised column by column as weights are. Kᵀ [size, tokens] of keys [tokens, size]; V
  /// [tokens, size] of values [tokens, size], whose sums stay as they are: rows of attention have the zero 0.
  void (*pack_keys)(const FloatRows& keys, const Int8Packing& to);
  void (*pack_values)(const FloatRows& values, const Int8Packing& to);
  /// softmax(scale · row) of each row of scores; the row's largest weight is 255, its scale 1 / Σ q.
  void (*softmax)(const FloatRows& scores, float scale, const Int8Rows& out);
};

}  // namespace tapewatch::model
