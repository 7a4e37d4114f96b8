// Tested by tests/model/layers/word_table_test.cpp
#include "model/layers/word_table.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tapewatch::model {

WordTable::WordTable(const TensorView& tensor)
    : bytes_(std::make_unique_for_overwrite<std::byte[]>(tensor.bytes.size())),
      dtype_(tensor.dtype),
      row_bytes_(tensor.shape[1] * size_of(tensor.dtype)) {
  std::copy(tensor.bytes.begin(), tensor.bytes.end(), bytes_.get());
}

void WordTable::read_integers(std::size_t word, std::span<float> out) const {
  // Vectors that every machine has: at -O2 the compiler makes none of such a loop, and every token passes here.
  constexpr std::size_t kLanes = 8;
  using Bytes = std::int8_t __attribute__((vector_size(kLanes)));
  using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
  const auto* row = rows_.values.data() + word * out.size();
  const float scale = rows_.scales[word];
  std::size_t i = 0;
  for (; i + kLanes <= out.size(); i += kLanes) {
    Bytes bytes;
    std::memcpy(&bytes, row + i, sizeof bytes);
    const Floats floats = __builtin_convertvector(bytes, Floats) * scale;
    std::memcpy(out.data() + i, &floats, sizeof floats);
  }
  for (; i < out.size(); ++i) out[i] = static_cast<float>(row[i]) * scale;
}

}  // namespace tapewatch::model
