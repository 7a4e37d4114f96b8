#include "storage/document/topic_probabilities.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tapewatch::storage {

namespace {

constexpr std::byte kForm{1};  // makes the number of bytes odd, which that of floats never is
constexpr float kWhole = 65'535;

}  // namespace

std::vector<std::byte> to_bytes(std::span<const float> probabilities) {
  std::vector<std::byte> bytes;
  if (probabilities.empty()) return bytes;
  bytes.reserve(1 + 2 * probabilities.size());
  bytes.push_back(kForm);
  for (const float probability : probabilities) {
    const float inside = std::isnan(probability) ? 0.0f : std::clamp(probability, 0.0f, 1.0f);
    const auto parts = static_cast<std::uint16_t>(std::lround(inside * kWhole));
    bytes.push_back(static_cast<std::byte>(parts & 0xff));
    bytes.push_back(static_cast<std::byte>(parts >> 8));
  }
  return bytes;
}

std::vector<float> probabilities_from(std::span<const std::byte> bytes) {
  std::vector<float> values;
  if (bytes.size() % 2 == 1 && bytes.front() == kForm) {
    values.reserve(bytes.size() / 2);
    for (std::size_t i = 1; i < bytes.size(); i += 2) {
      const unsigned parts = std::to_integer<unsigned>(bytes[i]) | std::to_integer<unsigned>(bytes[i + 1]) << 8;
      values.push_back(static_cast<float>(parts) / kWhole);
    }
  } else if (!bytes.empty() && bytes.size() % sizeof(float) == 0) {
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  return values;
}

}  // namespace tapewatch::storage
