// The loops behind Kernels, written once over a vector type. Included by one kernels_<set>.cpp each, after its `#pragma
// GCC target`, inside its own unnamed namespace: code compiled for one instruction set must never be merged with code
// compiled for another. So there are no other includes here, and nothing from the standard library.
//
// `Simd` gives: kWidth (floats in a vector), kTileRows and kTilePanels (the tile that fits in the registers), Vector,
// IntVector, and fma(a, b, c) = a·b + c.
#pragma once

#define TAPEWATCH_INLINE inline __attribute__((always_inline))

namespace tapewatch::model {
namespace {

/// A panel's slice of 24 KiB stays in the first-level cache. One for each kernel set.
constexpr std::size_t kDepthBlock = 384;  // NOLINT(misc-definitions-in-headers)

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector load(const float* from) {
  typename Simd::Vector value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

template <class Simd>
TAPEWATCH_INLINE void store(float* to, typename Simd::Vector value) {
  __builtin_memcpy(to, &value, sizeof value);
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector fill(float value) {
  return value - typename Simd::Vector{};  // x − 0 is x in every bit, so this is a broadcast, not a sum
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector smaller(typename Simd::Vector a, typename Simd::Vector b) {
  return a < b ? a : b;
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector larger(typename Simd::Vector a, typename Simd::Vector b) {
  return a > b ? a : b;
}

/// The lanes' sum, lane 0 first.
template <class Simd>
TAPEWATCH_INLINE float sum_lanes(typename Simd::Vector value) {
  float sum = value[0];
  for (std::size_t i = 1; i < Simd::kWidth; ++i) sum += value[i];
  return sum;
}

/// c[rows, panels · kPanel] = start + a[rows, depth] · b: the tile's sums stay in registers for the whole depth.
template <class Simd, std::size_t kRows, std::size_t kPanels>
TAPEWATCH_INLINE void multiply_tile(const float* a, std::size_t a_stride, const float* b, std::size_t panel_stride,
                                    std::size_t depth, const float* start, std::size_t start_stride, float* c,
                                    std::size_t c_stride) {
  using Vector = typename Simd::Vector;
  constexpr std::size_t kParts = kPanel / Simd::kWidth;
  constexpr std::size_t kVectors = kParts * kPanels;
  Vector sums[kRows][kVectors];
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) sums[row][v] = load<Simd>(start + row * start_stride + v * Simd::kWidth);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    Vector right[kVectors];
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) {
      right[v] = load<Simd>(b + v / kParts * panel_stride + k * kPanel + v % kParts * Simd::kWidth);
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < kRows; ++row) {
      const Vector left = fill<Simd>(a[row * a_stride + k]);
#pragma GCC unroll 16
      for (std::size_t v = 0; v < kVectors; ++v) sums[row][v] = Simd::fma(left, right[v], sums[row][v]);
    }
  }
#pragma GCC unroll 16
  for (std::size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v) store<Simd>(c + row * c_stride + v * Simd::kWidth, sums[row][v]);
  }
}

/// One strip of panels, one slice of the depth, all rows.
struct Strip {
  const float* a;
  std::size_t a_stride, rows;
  const float* b;
  std::size_t panel_stride, depth;
  const float* bias;  // null: continue from c
  float* c;
  std::size_t c_stride;
};

template <class Simd, std::size_t kPanels, std::size_t kRows>
void multiply_rows(const Strip& strip, std::size_t row) {
  const float* c = strip.c + row * strip.c_stride;
  multiply_tile<Simd, kRows, kPanels>(strip.a + row * strip.a_stride, strip.a_stride, strip.b, strip.panel_stride,
                                      strip.depth, strip.bias ? strip.bias : c, strip.bias ? 0 : strip.c_stride,
                                      strip.c + row * strip.c_stride, strip.c_stride);
}

template <class Simd, std::size_t kPanels, std::size_t kRows = Simd::kTileRows>
void multiply_few(const Strip& strip, std::size_t row, std::size_t rows) {
  if (rows == kRows) return multiply_rows<Simd, kPanels, kRows>(strip, row);
  if constexpr (kRows > 1) multiply_few<Simd, kPanels, kRows - 1>(strip, row, rows);
}

template <class Simd, std::size_t kPanels>
void multiply_strip(const Strip& strip) {
  constexpr std::size_t kRows = Simd::kTileRows;
  std::size_t row = 0;
  // Rows that do not fill a tile are split evenly between the last two: a tile of one row waits for its sums.
  while (strip.rows - row >= 2 * kRows || strip.rows - row == kRows) {
    multiply_rows<Simd, kPanels, kRows>(strip, row);
    row += kRows;
  }
  if (strip.rows - row > kRows) {
    const std::size_t half = (strip.rows - row + 1) / 2;
    multiply_few<Simd, kPanels>(strip, row, half);
    row += half;
  }
  if (row < strip.rows) multiply_few<Simd, kPanels>(strip, row, strip.rows - row);
}

/// A partial last panel: computed in its own full tile, then copied.
template <class Simd>
void multiply_partial(const Strip& strip, std::size_t columns) {
  constexpr std::size_t kRows = Simd::kTileRows;
  float tile[kRows * kPanel] = {};
  for (std::size_t row = 0; row < strip.rows; row += kRows) {
    const std::size_t rows = strip.rows - row < kRows ? strip.rows - row : kRows;
    float* c = strip.c + row * strip.c_stride;
    if (!strip.bias) {
      for (std::size_t i = 0; i < rows; ++i) __builtin_memcpy(tile + i * kPanel, c + i * strip.c_stride, columns * 4);
    }
    Strip part = strip;
    part.a += row * strip.a_stride;
    part.c = tile;
    part.c_stride = kPanel;
    multiply_few<Simd, 1>(part, 0, rows);
    for (std::size_t i = 0; i < rows; ++i) __builtin_memcpy(c + i * strip.c_stride, tile + i * kPanel, columns * 4);
  }
}

template <class Simd>
void multiply(const MatrixProduct& product) {
  constexpr std::size_t kWide = Simd::kTilePanels;
  constexpr float kZeros[kWide * kPanel] = {};
  const std::size_t panel_stride = product.b.stride;
  const std::size_t full = product.b.columns / kPanel;
  std::size_t begin = 0;
  do {  // once even for depth 0: C is then the bias
    const std::size_t depth = product.b.depth - begin < kDepthBlock ? product.b.depth - begin : kDepthBlock;
    Strip strip{product.a + begin, product.a_stride, product.rows,    nullptr, panel_stride, depth,
                nullptr,           nullptr,          product.c_stride};
    const auto at = [&](std::size_t panel) {
      strip.b = product.b.data + panel * panel_stride + begin * kPanel;
      strip.c = product.c + panel * kPanel;
      strip.bias = begin > 0 || product.add ? nullptr : product.bias ? product.bias + panel * kPanel : kZeros;
    };
    std::size_t panel = 0;
    for (; panel + kWide <= full; panel += kWide) {
      at(panel);
      multiply_strip<Simd, kWide>(strip);
    }
    for (; panel < full; ++panel) {
      at(panel);
      multiply_strip<Simd, 1>(strip);
    }
    if (panel < product.b.panels()) {
      at(panel);
      multiply_partial<Simd>(strip, product.b.columns - panel * kPanel);
    }
    begin += depth;
  } while (begin < product.b.depth);
}

/// eˣ to 2 units in the last place; x ≥ −87 (below it, e⁻⁸⁷). Cephes' expf: x = n·ln 2 + r, polynomial in r.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector exponential(typename Simd::Vector x) {
  using Vector = typename Simd::Vector;
  using IntVector = typename Simd::IntVector;
  constexpr float kRound = 12582912.0F;  // 1.5·2²³: adding and subtracting it rounds to an integer
  x = larger<Simd>(smaller<Simd>(x, fill<Simd>(88.0F)), fill<Simd>(-87.0F));
  const Vector n = Simd::fma(x, fill<Simd>(1.44269504F), fill<Simd>(kRound)) - kRound;
  Vector r = Simd::fma(n, fill<Simd>(-0.693359375F), x);
  r = Simd::fma(n, fill<Simd>(2.12194440e-4F), r);
  Vector p = fill<Simd>(1.9875691500e-4F);
  p = Simd::fma(p, r, fill<Simd>(1.3981999507e-3F));
  p = Simd::fma(p, r, fill<Simd>(8.3334519073e-3F));
  p = Simd::fma(p, r, fill<Simd>(4.1665795894e-2F));
  p = Simd::fma(p, r, fill<Simd>(1.6666665459e-1F));
  p = Simd::fma(p, r, fill<Simd>(5.0000001201e-1F));
  p = Simd::fma(p, r * r, r) + 1.0F;
  const IntVector bits = (__builtin_convertvector(n, IntVector) + 127) << 23;
  return p * (Vector)bits;
}

/// erf to 3e-7 absolute: the rational approximation of Eigen and XLA on [−4, 4], ±1 beyond.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector error_function(typename Simd::Vector x) {
  using Vector = typename Simd::Vector;
  x = larger<Simd>(smaller<Simd>(x, fill<Simd>(4.0F)), fill<Simd>(-4.0F));
  const Vector s = x * x;
  Vector p = fill<Simd>(-2.72614225801306e-10F);
  p = Simd::fma(p, s, fill<Simd>(2.77068142495902e-08F));
  p = Simd::fma(p, s, fill<Simd>(-2.10102402082508e-06F));
  p = Simd::fma(p, s, fill<Simd>(-5.69250639462346e-05F));
  p = Simd::fma(p, s, fill<Simd>(-7.34990630326855e-04F));
  p = Simd::fma(p, s, fill<Simd>(-2.95459980854025e-03F));
  p = Simd::fma(p, s, fill<Simd>(-1.60960333262415e-02F));
  Vector q = fill<Simd>(-1.45660718464996e-05F);
  q = Simd::fma(q, s, fill<Simd>(-2.13374055278905e-04F));
  q = Simd::fma(q, s, fill<Simd>(-1.68282697438203e-03F));
  q = Simd::fma(q, s, fill<Simd>(-7.37332916720468e-03F));
  q = Simd::fma(q, s, fill<Simd>(-1.42647390514189e-02F));
  return x * p / q;
}

template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector gelu_of(typename Simd::Vector x) {
  const auto half = x * 0.5F;
  return Simd::fma(half, error_function<Simd>(x * 0.707106781F), half);
}

template <class Simd>
void gelu(float* values, std::size_t count) {
  std::size_t i = 0;
  for (; i + Simd::kWidth <= count; i += Simd::kWidth) store<Simd>(values + i, gelu_of<Simd>(load<Simd>(values + i)));
  if (i == count) return;
  float tail[Simd::kWidth] = {};
  __builtin_memcpy(tail, values + i, (count - i) * sizeof(float));
  store<Simd>(tail, gelu_of<Simd>(load<Simd>(tail)));
  __builtin_memcpy(values + i, tail, (count - i) * sizeof(float));
}

template <class Simd>
void softmax(const Rows& rows, float scale) {
  using Vector = typename Simd::Vector;
  constexpr std::size_t kWidth = Simd::kWidth;
  const std::size_t whole = rows.columns / kWidth * kWidth;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    float* x = rows.data + row * rows.stride;
    // The lanes beyond the last column repeat the first one for the maximum and are left out of the sum.
    float tail[kWidth];
    for (std::size_t i = 0; i < kWidth; ++i) tail[i] = whole + i < rows.columns ? x[whole + i] : x[0];
    Vector top = load<Simd>(tail);
    for (std::size_t i = 0; i < whole; i += kWidth) top = larger<Simd>(top, load<Simd>(x + i));
    float maximum = top[0];
    for (std::size_t i = 1; i < kWidth; ++i) maximum = top[i] > maximum ? top[i] : maximum;
    Vector sums = fill<Simd>(0.0F);
    for (std::size_t i = 0; i < whole; i += kWidth) {
      const Vector e = exponential<Simd>((load<Simd>(x + i) - maximum) * scale);
      store<Simd>(x + i, e);
      sums += e;
    }
    float sum = sum_lanes<Simd>(sums);
    store<Simd>(tail, exponential<Simd>((load<Simd>(tail) - maximum) * scale));
    for (std::size_t i = whole; i < rows.columns; ++i) sum += x[i] = tail[i - whole];
    const float factor = 1.0F / sum;
    for (std::size_t i = 0; i < whole; i += kWidth) store<Simd>(x + i, load<Simd>(x + i) * factor);
    for (std::size_t i = whole; i < rows.columns; ++i) x[i] *= factor;
  }
}

template <class Simd>
void add_layer_norm(const Rows& rows, const float* residual, const float* gamma, const float* beta, float eps) {
  using Vector = typename Simd::Vector;
  constexpr std::size_t kWidth = Simd::kWidth;
  const std::size_t n = rows.columns;
  const std::size_t whole = n / kWidth * kWidth;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    float* x = rows.data + row * rows.stride;
    if (residual) {
      const float* other = residual + row * n;
      for (std::size_t i = 0; i < whole; i += kWidth) store<Simd>(x + i, load<Simd>(x + i) + load<Simd>(other + i));
      for (std::size_t i = whole; i < n; ++i) x[i] += other[i];
    }
    Vector sums = fill<Simd>(0.0F);
    for (std::size_t i = 0; i < whole; i += kWidth) sums += load<Simd>(x + i);
    float sum = sum_lanes<Simd>(sums);
    for (std::size_t i = whole; i < n; ++i) sum += x[i];
    const float mean = sum / static_cast<float>(n);
    Vector squares = fill<Simd>(0.0F);
    for (std::size_t i = 0; i < whole; i += kWidth) {
      const Vector d = load<Simd>(x + i) - mean;
      squares = Simd::fma(d, d, squares);
    }
    float square = sum_lanes<Simd>(squares);
    for (std::size_t i = whole; i < n; ++i) square += (x[i] - mean) * (x[i] - mean);
    const float factor = 1.0F / __builtin_sqrtf(square / static_cast<float>(n) + eps);
    for (std::size_t i = 0; i < whole; i += kWidth) {
      const Vector d = (load<Simd>(x + i) - mean) * factor;
      store<Simd>(x + i, Simd::fma(d, load<Simd>(gamma + i), load<Simd>(beta + i)));
    }
    for (std::size_t i = whole; i < n; ++i) x[i] = (x[i] - mean) * factor * gamma[i] + beta[i];
  }
}

template <class Simd>
constexpr Kernels make_kernels(std::string_view name) {
  return {name, &multiply<Simd>, &softmax<Simd>, &add_layer_norm<Simd>, &gelu<Simd>};
}

}  // namespace
}  // namespace tapewatch::model

#undef TAPEWATCH_INLINE
