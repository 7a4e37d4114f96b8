#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tapewatch::model {

enum class Decomposition : std::uint8_t { canonical, compatible };

inline constexpr std::size_t kMaxDecomposed = 16;

/// The characters that Unicode's decomposition makes of one; 0 if it stays as it is, or is longer than kMaxDecomposed
/// UTF-16 units. Throws std::runtime_error where ICU has no data.
std::size_t decompose(char32_t c, Decomposition kind, std::array<char32_t, kMaxDecomposed>& out);

}  // namespace tapewatch::model
