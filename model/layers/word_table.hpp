#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "model/ops/int8_weights.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// The vectors of all words, kept small and widened row by row: a quarter of all weights, of which a text needs a few
/// rows. Floats stay as in the file; 8-bit integers have a scale for each word. Widening is exact for the first, one
/// product for the others: no kernel changes a bit.
class WordTable {
 public:
  WordTable() = default;
  /// A copy of the tensor [words, hidden], F32, F16 or BF16.
  explicit WordTable(const TensorView& tensor);
  /// `rows` [words, hidden].
  explicit WordTable(QuantisedWeights rows) : rows_(std::move(rows)) {}

  /// The vector of `word` (below the number of words); out.size() must be `hidden`. Allocates nothing.
  void read(std::size_t word, std::span<float> out) const {
    if (bytes_) {
      read_floats(dtype_, bytes_.get() + word * row_bytes_, out);
    } else {
      read_integers(word, out);
    }
  }

 private:
  void read_integers(std::size_t word, std::span<float> out) const;

  std::unique_ptr<std::byte[]> bytes_;  // of floats; without them `rows_`
  DType dtype_ = DType::f32;
  std::size_t row_bytes_ = 0;
  QuantisedWeights rows_;
};

}  // namespace tapewatch::model
