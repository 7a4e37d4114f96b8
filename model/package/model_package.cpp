#include "model/package/model_package.hpp"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include "model/package/model_error.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/package/weights.hpp"

namespace tapewatch::model {
namespace {

Vocabulary load_vocabulary(std::string_view vocab_txt, const ModelConfig& config) {
  auto vocabulary = Vocabulary::parse(vocab_txt);
  if (vocabulary.size() != config.encoder.vocab_size) {
    throw ModelError(fmt::format("vocab.txt: expected {} pieces (config.json's vocab_size), found {}",
                                 config.encoder.vocab_size, vocabulary.size()));
  }
  return vocabulary;
}

// 8 hexadecimal digits of one hash over the three files and their lengths, so that no byte can move between files.
std::string content_hash(const ModelFiles& files) {
  const std::uint64_t parts[] = {
      XXH3_64bits(files.config_json.data(), files.config_json.size()), files.config_json.size(),
      XXH3_64bits(files.vocab_txt.data(), files.vocab_txt.size()),     files.vocab_txt.size(),
      XXH3_64bits(files.safetensors.data(), files.safetensors.size()), files.safetensors.size(),
  };
  return fmt::format("{:016x}", XXH3_64bits(parts, sizeof parts)).substr(0, 8);
}

// A message about one of the files, preceded by its path.
template <class Load>
auto located(std::string_view origin, Load load) {
  try {
    return load();
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}/{}", origin, error.what()));
  }
}

}  // namespace

ModelPackage::ModelPackage(const ModelFiles& files, std::string_view origin, const Engine& engine)
    : engine_(engine),
      config_(located(origin, [&] { return parse_model_config(files.config_json, "config.json"); })),
      vocabulary_(located(origin, [&] { return load_vocabulary(files.vocab_txt, config_); })),
      tokenizer_(vocabulary_, config_.folding) {
  const auto tensors = located(origin, [&] { return Safetensors::parse(files.safetensors, "model.safetensors"); });
  try {
    weights_ = std::make_unique<const Weights>(load_weights(tensors, config_, engine_));
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}/model.safetensors: {}", origin, error.what()));
  }
  for (const auto& [name, tensor] : tensors.tensors()) {
    if (!holds_weights(tensors, name)) continue;
    parameters_ += elements(tensor.shape);
    parameters_by_type_[tensor.dtype] += elements(tensor.shape);
  }
  file_version_ = fmt::format("{}+{}", config_.name, content_hash(files));
  version_ = file_version_ + (engine_.precision == Precision::int8 ? "+int8" : "");
}

ModelPackage::~ModelPackage() = default;

}  // namespace tapewatch::model
