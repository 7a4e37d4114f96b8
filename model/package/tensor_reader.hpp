#pragma once

#include <set>
#include <span>
#include <string>

#include "model/layers/word_table.hpp"
#include "model/ops/int8_weights.hpp"
#include "model/package/aligned_buffer.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// Reads the tensors of a file by name and shape, and records which. All members throw ModelError that names the
/// tensor, what was expected and what was found: none, another shape or type, a value that is not finite.
class TensorReader {
 public:
  /// `file` must outlive the reader.
  explicit TensorReader(const Safetensors& file) : file_(file) {}

  /// F32, F16 or BF16 as floats, until the next call.
  std::span<const float> read(const std::string& name, const Shape& shape);
  FloatBuffer read_buffer(const std::string& name, const Shape& shape);

  /// A table [words, hidden] that may also be I8 with `name`.scale, as it stands in the file.
  WordTable read_words(const std::string& name, const Shape& shape);
  /// The same as integers, those of the file or floats quantised here.
  WordTable read_int8_words(const std::string& name, const Shape& shape);

  /// A matrix [outputs, inputs] that may also be I8 with `name`.scale (quantised_tensors.hpp): as floats, then
  /// scale · q, until the next call (any other tensor as read() does); or as integers appended to `to`, those of the
  /// file or floats quantised here.
  std::span<const float> read_matrix(const std::string& name, const Shape& shape);
  void read_matrix(const std::string& name, const Shape& shape, QuantisedWeights& to);

  const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  const TensorView& tensor(const std::string& name, const Shape& shape);
  void read_into(const std::string& name, const Shape& shape, std::span<float> out);
  void append_stored(const std::string& name, const TensorView& matrix, QuantisedWeights& to);
  WordTable stored_words(const std::string& name, const TensorView& words);

  const Safetensors& file_;
  FloatBuffer scratch_;
  QuantisedWeights stored_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace tapewatch::model
