#include "model/package/quantised_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "model/package/model_error.hpp"
#include "model/package/tensor_reader.hpp"

namespace tapewatch::model {

std::vector<std::string> layer_matrices(const EncoderShape& shape) {
  std::vector<std::string> names;
  for (std::size_t layer = 0; layer < shape.layers; ++layer) {
    for (const std::string_view part : {"attention.self.query", "attention.self.key", "attention.self.value",
                                        "attention.output.dense", "intermediate.dense", "output.dense"}) {
      names.push_back(fmt::format("encoder.layer.{}.{}.weight", layer, part));
    }
  }
  return names;
}

bool is_scale(const Safetensors& file, std::string_view name) {
  if (!name.ends_with(kScaleSuffix)) return false;
  const auto* of = file.find(name.substr(0, name.size() - kScaleSuffix.size()));
  return of != nullptr && of->dtype == DType::i8;
}

bool holds_weights(const Safetensors& file, std::string_view name) {
  const auto dtype = file.find(name)->dtype;
  return (is_float(dtype) || dtype == DType::i8) && !is_scale(file, name);
}

std::string quantise_file(const Safetensors& file, const EncoderShape& shape, const Rounding& rounding) {
  TensorReader reader(file);
  std::deque<QuantisedWeights> quantised;  // stay where they are
  std::vector<TensorToWrite> list;
  auto names = layer_matrices(shape);
  names.emplace_back(kWordTable);
  for (const auto& name : names) {
    const auto* matrix = file.find(name);
    if (matrix == nullptr) throw ModelError(fmt::format("{}: found no such tensor", name));
    if (matrix->dtype == DType::i8) throw ModelError(fmt::format("{}: is in 8-bit integers already", name));
    auto& weights = quantised.emplace_back();
    if (rounding && name != kWordTable) {
      rounding(name, reader.read_matrix(name, matrix->shape), weights);
    } else {
      reader.read_matrix(name, matrix->shape, weights);
    }
    list.push_back(
        {.name = name, .dtype = DType::i8, .shape = matrix->shape, .bytes = std::as_bytes(std::span(weights.values))});
    list.push_back({.name = name + std::string(kScaleSuffix),
                    .dtype = DType::f32,
                    .shape = {weights.scales.size()},
                    .values = weights.scales});
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (std::ranges::find(names, name) != names.end()) continue;
    list.push_back({.name = name, .dtype = tensor.dtype, .shape = tensor.shape, .bytes = tensor.bytes});
  }
  // Each tensor aligned to its elements, as other readers expect.
  std::ranges::stable_sort(list, std::ranges::greater(), [](const auto& tensor) { return size_of(tensor.dtype); });
  return write_safetensors(list);
}

}  // namespace tapewatch::model
