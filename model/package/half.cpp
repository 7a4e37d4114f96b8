#include "model/package/half.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tapewatch::model {
namespace {

void widen_plain(const unsigned char* halves, float* floats, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t half;
    std::memcpy(&half, halves + 2 * i, sizeof half);
    floats[i] = half_to_float(half);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) void widen_f16c(const unsigned char* halves, float* floats, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const auto packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + 2 * i));
    _mm256_storeu_ps(floats + i, _mm256_cvtph_ps(packed));
  }
  widen_plain(halves + 2 * i, floats + i, count - i);
}
#endif

}  // namespace

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 0x1FU;
  const std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  const float subnormal = static_cast<float>(mantissa) * 0x1p-24F;
  return sign ? -subnormal : subnormal;
}

std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return sign | 0x7E00U;   // NaN
  if (magnitude >= 0x47800000U) return sign | 0x7C00U;  // 65536 and beyond
  if (magnitude < 0x38800000U) {                        // below 2^-14: the float unit rounds at the subnormal step
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U));
  }
  const std::uint32_t odd = magnitude >> 13 & 1U;
  return static_cast<std::uint16_t>(sign | (magnitude - 0x38000000U + 0xFFFU + odd) >> 13);
}

void halves_to_floats(const void* halves, std::span<float> floats) {
  const auto* bytes = static_cast<const unsigned char*>(halves);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2"))  // implies F16C, a name that clang 14 does not accept here
    return widen_f16c(bytes, floats.data(), floats.size());
#endif
  widen_plain(bytes, floats.data(), floats.size());
}

void brains_to_floats(const void* brains, std::span<float> floats) {
  const auto* bytes = static_cast<const unsigned char*>(brains);
  for (std::size_t i = 0; i < floats.size(); ++i) {
    std::uint16_t brain;
    std::memcpy(&brain, bytes + 2 * i, sizeof brain);
    floats[i] = std::bit_cast<float>(static_cast<std::uint32_t>(brain) << 16);
  }
}

}  // namespace tapewatch::model
