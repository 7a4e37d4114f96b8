#pragma once

#include <cstdint>
#include <span>

namespace tapewatch::model {

/// IEEE 754 binary16 and back. Widening is exact; narrowing rounds to nearest even, beyond 65504 to infinity.
float half_to_float(std::uint16_t half);
std::uint16_t float_to_half(float value);

/// Widens `halves` (little-endian, any alignment, 2·n bytes) into `floats`; with F16C if the CPU has it.
void halves_to_floats(const void* halves, std::span<float> floats);

/// Widens bfloat16 (the upper half of a float; little-endian, any alignment, 2·n bytes) into `floats`. Exact.
void brains_to_floats(const void* brains, std::span<float> floats);

}  // namespace tapewatch::model
