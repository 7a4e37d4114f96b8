#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// The vectors of all words, kept as in the file and widened row by row: half of all weights, of which a text needs a
/// few rows. Widening is exact, so no bit changes.
class WordTable {
 public:
  WordTable() = default;
  /// A copy of the tensor [words, hidden], F32, F16 or BF16.
  explicit WordTable(const TensorView& tensor);

  /// The vector of `word` (below the number of words); out.size() must be `hidden`.
  void read(std::size_t word, std::span<float> out) const {
    read_floats(dtype_, bytes_.get() + word * row_bytes_, out);
  }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  DType dtype_ = DType::f32;
  std::size_t row_bytes_ = 0;
};

}  // namespace tapewatch::model
