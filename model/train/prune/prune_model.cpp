// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_model.hpp"

#include <boost/json.hpp>
#include <cstddef>
#include <span>

#include "model/package/file_bytes.hpp"
#include "model/package/indented_json.hpp"
#include "model/package/json_section.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/package/tensor_reader.hpp"

namespace tapewatch::model::train {

void PrunableTensor::keep_rows(const std::vector<std::size_t>& kept) {
  const std::size_t width = values.size() / shape[0];
  std::vector<float> rows;
  rows.reserve(kept.size() * width);
  for (const auto row : kept) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    rows.insert(rows.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  values = std::move(rows);
  shape[0] = kept.size();
}

void PrunableTensor::keep_columns(const std::vector<std::size_t>& kept) {
  std::vector<float> cut;
  cut.reserve(shape[0] * kept.size());
  for (std::size_t row = 0; row < shape[0]; ++row) {
    for (const auto column : kept) cut.push_back(values[row * shape[1] + column]);
  }
  values = std::move(cut);
  shape[1] = kept.size();
}

ModelFiles PrunableFiles::view() const {
  return {.config_json = config_json, .vocab_txt = vocab_txt, .safetensors = std::as_bytes(std::span(safetensors))};
}

PrunableModel PrunableModel::read(const std::filesystem::path& folder) {
  const auto package = load_model(folder.string());  // for its checks and its messages
  PrunableModel model;
  model.config = parse_json_object(FileBytes(folder / "config.json").text());
  const auto& vocabulary = package->vocabulary();
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(vocabulary.size()); ++id) {
    model.pieces.emplace_back(vocabulary.piece(id));
  }
  const FileBytes bytes(folder / "model.safetensors");
  const auto file = Safetensors::parse(bytes.bytes(), (folder / "model.safetensors").string());
  TensorReader reader(file);
  for (const auto& [name, view] : file.tensors()) {
    if (!holds_weights(file, name)) continue;  // numbers of positions, which counting gives
    auto& tensor = model.tensors[name];
    tensor.dtype = view.dtype == DType::f16 || view.dtype == DType::i8 ? DType::f16 : DType::f32;
    tensor.shape = view.shape;
    const auto values = reader.read_matrix(name, view.shape);
    tensor.values.assign(values.begin(), values.end());
  }
  return model;
}

PrunableFiles PrunableModel::files() const {
  PrunableFiles files;
  files.config_json = indented_json(config);
  for (const auto& piece : pieces) files.vocab_txt += piece + "\n";
  std::vector<TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) list.push_back({name, tensor.dtype, tensor.shape, tensor.values});
  files.safetensors = write_safetensors(list);
  return files;
}

std::shared_ptr<const ModelPackage> PrunableModel::load() const {
  const auto written = files();
  return std::make_shared<const ModelPackage>(written.view(), "the pruned model");
}

}  // namespace tapewatch::model::train
