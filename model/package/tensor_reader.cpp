// Tested by tests/model/package/quantised_tensors_test.cpp
#include "model/package/tensor_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "model/package/model_error.hpp"
#include "model/package/quantised_tensors.hpp"

namespace tapewatch::model {
namespace {

/// The largest number of F16. Trained weights are a thousandth of it; products with larger ones overflow.
constexpr float kLargestWeight = 65'504.0F;
constexpr float kLargestScale = 512.0F;  // of weights from −127 to 127

/// Magnitudes compare as integers; infinity and NaN have the largest. In vectors that every machine has, because all
/// weights pass here at every start.
std::int32_t largest_bits(std::span<const float> values) {
  using Bits = std::int32_t __attribute__((vector_size(16)));
  constexpr std::size_t kLanes = 4;
  Bits largest{};
  const auto take = [&](Bits bits) {
    bits &= 0x7FFFFFFF;
    largest = bits > largest ? bits : largest;
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    Bits bits;
    std::memcpy(&bits, values.data() + i, sizeof bits);
    take(bits);
  }
  for (; i < values.size(); ++i) take(Bits{std::bit_cast<std::int32_t>(values[i])});
  return std::max({largest[0], largest[1], largest[2], largest[3]});
}

void widen(const std::string& name, DType dtype, const std::byte* bytes, std::span<float> out) {
  if (dtype == DType::i8) {
    throw ModelError(
        fmt::format("{}: expected dtype F32, F16 or BF16, found I8, which only the word table and the matrices of the "
                    "encoder's layers "
                    "may have",
                    name));
  }
  try {
    read_floats(dtype, bytes, out);
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", name, error.what()));
  }
  const std::int32_t largest = largest_bits(out);
  if (largest >= std::bit_cast<std::int32_t>(std::numeric_limits<float>::infinity())) {
    throw ModelError(fmt::format("{}: expected finite values, found infinity or NaN", name));
  }
  if (largest > std::bit_cast<std::int32_t>(kLargestWeight)) {
    throw ModelError(fmt::format("{}: expected values of at most {} in magnitude, found {}; is the file damaged?", name,
                                 kLargestWeight, std::bit_cast<float>(largest)));
  }
}

/// The rows of a table of floats, checked, one after another.
template <class Take>
void each_row(const std::string& name, const TensorView& table, Take take) {
  std::vector<float> row(table.shape[1]);
  const std::size_t row_bytes = row.size() * size_of(table.dtype);
  for (std::size_t i = 0; i < table.shape[0]; ++i) {
    widen(name, table.dtype, table.bytes.data() + i * row_bytes, row);
    take(row);
  }
}

}  // namespace

std::span<const float> TensorReader::read(const std::string& name, const Shape& shape) {
  scratch_.reserve(elements(shape));
  read_into(name, shape, scratch_.span().first(elements(shape)));
  return scratch_.span().first(elements(shape));
}

FloatBuffer TensorReader::read_buffer(const std::string& name, const Shape& shape) {
  FloatBuffer buffer(elements(shape));
  read_into(name, shape, buffer.span());
  return buffer;
}

WordTable TensorReader::read_words(const std::string& name, const Shape& shape) {
  const auto& words = tensor(name, shape);
  if (words.dtype == DType::i8) return stored_words(name, words);
  each_row(name, words, [](std::span<const float>) {});
  return WordTable(words);
}

WordTable TensorReader::read_int8_words(const std::string& name, const Shape& shape) {
  const auto& words = tensor(name, shape);
  if (words.dtype == DType::i8) return stored_words(name, words);
  QuantisedWeights rows;  // row by row: the table in floats is four times as large
  rows.values.reserve(elements(shape));
  rows.scales.reserve(shape[0]);
  each_row(name, words, [&](std::span<const float> row) { append_quantised(row, row.size(), rows); });
  return WordTable(std::move(rows));
}

/// `words` I8, with their scales.
WordTable TensorReader::stored_words(const std::string& name, const TensorView& words) {
  QuantisedWeights rows;
  append_stored(name, words, rows);
  return WordTable(std::move(rows));
}

std::span<const float> TensorReader::read_matrix(const std::string& name, const Shape& shape) {
  const auto& matrix = tensor(name, shape);
  if (matrix.dtype != DType::i8 || shape.size() != 2) return read(name, shape);
  stored_.values.clear();
  stored_.scales.clear();
  append_stored(name, matrix, stored_);
  scratch_.reserve(stored_.values.size());
  const auto out = scratch_.span().first(stored_.values.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = stored_.scales[i / shape[1]] * static_cast<float>(stored_.values[i]);
  }
  return out;
}

void TensorReader::read_matrix(const std::string& name, const Shape& shape, QuantisedWeights& to) {
  const auto& matrix = tensor(name, shape);
  if (matrix.dtype == DType::i8) {
    append_stored(name, matrix, to);
  } else {
    append_quantised(read(name, shape), shape[1], to);
  }
}

/// `matrix` I8, with its scales.
void TensorReader::append_stored(const std::string& name, const TensorView& matrix, QuantisedWeights& to) {
  const std::string scale = name + std::string(kScaleSuffix);
  const auto& scales = tensor(scale, {matrix.shape[0]});
  if (scales.dtype != DType::f32) {
    throw ModelError(fmt::format("{}: expected dtype F32, found {}", scale, to_string(scales.dtype)));
  }
  const std::size_t first = to.scales.size();
  to.scales.resize(first + matrix.shape[0]);
  const auto added = std::span(to.scales).subspan(first);
  copy_floats(scales, added);
  for (const float value : added) {
    if (!(value > 0) || !(value <= kLargestScale)) {
      throw ModelError(
          fmt::format("{}: expected positive values of at most {}, found {}", scale, kLargestScale, value));
    }
  }
  const auto* values = reinterpret_cast<const std::int8_t*>(matrix.bytes.data());
  if (std::find(values, values + matrix.bytes.size(), std::int8_t{-128}) != values + matrix.bytes.size()) {
    throw ModelError(fmt::format("{}: expected values from -127 to 127, found -128", name));
  }
  to.values.insert(to.values.end(), values, values + matrix.bytes.size());
}

const TensorView& TensorReader::tensor(const std::string& name, const Shape& shape) {
  const auto* tensor = file_.find(name);
  if (!tensor) throw ModelError(fmt::format("{}: expected shape {}, found no such tensor", name, to_string(shape)));
  if (tensor->shape != shape) {
    throw ModelError(fmt::format("{}: expected shape {}, found {}", name, to_string(shape), to_string(tensor->shape)));
  }
  names_.insert(name);
  return *tensor;
}

void TensorReader::read_into(const std::string& name, const Shape& shape, std::span<float> out) {
  const auto& found = tensor(name, shape);
  widen(name, found.dtype, found.bytes.data(), out);
}

}  // namespace tapewatch::model
