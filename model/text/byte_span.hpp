#pragma once

#include <cstddef>

namespace tapewatch::model {

/// Bytes [start, end) of a text.
struct ByteSpan {
  std::size_t start = 0, end = 0;
  bool operator==(const ByteSpan&) const = default;
};

/// Whether they share a byte.
constexpr bool overlap(ByteSpan a, ByteSpan b) { return a.start < b.end && b.start < a.end; }

}  // namespace tapewatch::model
