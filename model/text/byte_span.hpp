#pragma once

#include <cstddef>

namespace tapewatch::model {

/// Bytes [start, end) of a text.
struct ByteSpan {
  std::size_t start = 0, end = 0;
  bool operator==(const ByteSpan&) const = default;
};

}  // namespace tapewatch::model
