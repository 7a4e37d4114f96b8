// Functions of one value of kernel_templates.hpp: exponential, error function, GELU.
#pragma once

#include "model/ops/templates/vectors.hpp"

namespace tapewatch::model {
namespace {

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

/// GELU to 1.5e-4, or 4e-5 of x, without a division: for what is rounded to 8 bits afterwards, in steps a hundred times
/// as wide. Φ(x) − ½ as an odd polynomial that is a least largest error of x · Φ(x) on [−3.9, 3.9], constant beyond.
template <class Simd>
TAPEWATCH_INLINE typename Simd::Vector coarse_gelu_of(typename Simd::Vector x) {
  const auto near = larger<Simd>(smaller<Simd>(x, fill<Simd>(3.9F)), fill<Simd>(-3.9F));
  const auto s = near * near;
  auto p = fill<Simd>(2.6278719644778903e-08F);
  p = Simd::fma(p, s, fill<Simd>(-1.7708428003970766e-06F));
  p = Simd::fma(p, s, fill<Simd>(5.1243747293483466e-05F));
  p = Simd::fma(p, s, fill<Simd>(-8.445706334896386e-04F));
  p = Simd::fma(p, s, fill<Simd>(8.91405250877142e-03F));
  p = Simd::fma(p, s, fill<Simd>(-6.487001478672028e-02F));
  p = Simd::fma(p, s, fill<Simd>(3.9808598160743713e-01F));
  return x * Simd::fma(near, p, fill<Simd>(0.5F));
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

}  // namespace
}  // namespace tapewatch::model
