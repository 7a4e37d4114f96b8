#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/engine.hpp"
#include "model/package/model_config.hpp"
#include "model/package/safetensors.hpp"
#include "model/text/tokenizer.hpp"
#include "model/text/vocabulary.hpp"

namespace tapewatch::model {

struct Weights;

/// The three files of a model directory, in memory. Not kept after loading.
struct ModelFiles {
  std::string_view config_json, vocab_txt;
  std::span<const std::byte> safetensors;
};

/// A loaded model: configuration, vocabulary, weights. Immutable; one is shared by all threads.
class ModelPackage {
 public:
  /// Throws ModelError that begins with `origin` and says what was expected and what was found.
  ModelPackage(const ModelFiles& files, std::string_view origin, const Engine& engine = {});
  ~ModelPackage();
  ModelPackage(const ModelPackage&) = delete;
  ModelPackage& operator=(const ModelPackage&) = delete;

  /// Name and content hash, e.g. "tapewatch-minilm+1f2e3d4c": changes with any byte of the three files. Where the
  /// encoder is computed in 8-bit integers, "+int8" follows: other scores are another version. A quantised file is
  /// another file: its floats have a version of their own.
  const std::string& version() const { return version_; }
  /// The same without what it is computed in: that of the files.
  const std::string& file_version() const { return file_version_; }
  const ModelConfig& config() const { return config_; }
  const std::vector<TopicName>& topics() const { return config_.topics; }
  const std::vector<std::string>& labels() const { return config_.labels; }
  std::size_t max_tokens() const { return config_.max_tokens; }
  /// JSON object: data sets, licences, command, metrics.
  const std::string& provenance() const { return config_.provenance; }
  /// Number of weights, also by their type in the file.
  std::size_t parameters() const { return parameters_; }
  const std::map<DType, std::size_t>& parameters_by_type() const { return parameters_by_type_; }

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const Weights& weights() const { return *weights_; }
  const Engine& engine() const { return engine_; }

 private:
  Engine engine_;
  ModelConfig config_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
  std::unique_ptr<const Weights> weights_;
  std::size_t parameters_ = 0;
  std::map<DType, std::size_t> parameters_by_type_;
  std::string file_version_, version_;
};

/// "builtin" (the weights in the binary) or a directory with config.json, vocab.txt and model.safetensors. Throws
/// ModelError.
std::shared_ptr<const ModelPackage> load_model(std::string_view path, const Engine& engine = {});

}  // namespace tapewatch::model
