#include "model/package/half.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("Every half widens exactly and narrows back to itself") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    const double expected = [&] {
      const int exponent = half >> 10 & 31;
      const int mantissa = half & 1023;
      const double magnitude = exponent == 31  ? (mantissa ? NAN : INFINITY)
                               : exponent == 0 ? std::ldexp(mantissa, -24)
                                               : std::ldexp(1024 + mantissa, exponent - 25);
      return half & 0x8000 ? -magnitude : magnitude;
    }();
    if (std::isnan(expected)) {
      if (!std::isnan(value) || !std::isnan(half_to_float(float_to_half(value)))) FAIL("half " << bits);
    } else if (value != expected || float_to_half(value) != half) {
      FAIL("half " << bits);
    }
  }
}

TEST_CASE("Narrowing rounds to nearest, ties to even") {
  for (std::uint16_t half = 0; half < 0x7BFF; ++half) {
    const double low = half_to_float(half), high = half_to_float(static_cast<std::uint16_t>(half + 1));
    const auto middle = static_cast<float>((low + high) / 2);
    const auto even = static_cast<std::uint16_t>(half % 2 == 0 ? half : half + 1);
    if (float_to_half(middle) != even) FAIL("tie above " << half);
    if (float_to_half(std::nextafter(middle, 0.0F)) != half) FAIL("below the tie above " << half);
    if (float_to_half(std::nextafter(middle, 1e9F)) != half + 1) FAIL("over the tie above " << half);
  }
  CHECK(float_to_half(65519.0F) == 0x7BFF);
  CHECK(float_to_half(65520.0F) == 0x7C00);
  CHECK(float_to_half(-1e30F) == 0xFC00);
  CHECK(float_to_half(std::numeric_limits<float>::denorm_min()) == 0);
}

TEST_CASE("Many at once widen as one by one, at any length and alignment") {
  std::vector<unsigned char> bytes(2 * 100 + 1);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 37 % 120);
  for (std::size_t count = 0; count < 40; ++count) {
    for (const std::size_t offset : {0, 1, 2, 7}) {
      std::vector<float> floats(count);
      halves_to_floats(bytes.data() + offset, floats);
      for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t half;
        std::memcpy(&half, bytes.data() + offset + 2 * i, 2);
        REQUIRE(std::bit_cast<std::uint32_t>(floats[i]) == std::bit_cast<std::uint32_t>(half_to_float(half)));
      }
    }
  }
}

TEST_CASE("A bfloat16 is the upper half of the float that it widens to") {
  const float values[] = {0.0F, -0.0F, 1.0F, -3.140625F, 65280.0F, 1e-38F, INFINITY};
  std::vector<unsigned char> bytes{0};  // an odd address
  std::vector<float> expected;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value) & 0xFFFF0000U;
    expected.push_back(std::bit_cast<float>(bits));
    bytes.push_back(static_cast<unsigned char>(bits >> 16));
    bytes.push_back(static_cast<unsigned char>(bits >> 24));
  }
  std::vector<float> found(expected.size());
  brains_to_floats(bytes.data() + 1, found);
  CHECK(std::memcmp(found.data(), expected.data(), found.size() * sizeof(float)) == 0);
}

}  // namespace
}  // namespace tapewatch::model
