#pragma once

#include <boost/json.hpp>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "model/package/model_package.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model::test {

struct TinyShape {
  std::size_t hidden = 32, layers = 2, heads = 2, intermediate = 64, max_position = 64, max_tokens = 48;
  std::string pooling = "mean";
  DType dtype = DType::f32;
  std::size_t entity_heads = 0;          // 0: no entity head
  bool topics = true;                    // false: only sentiment
  std::vector<std::size_t> layer_heads;  // of pruned layers; empty: `heads` in all of them
  std::vector<std::string> events = {};  // of the risk heads; none: it has none
};

/// A model with random weights, small enough for tests and open to damage before it is written.
class TinyModel {
 public:
  struct Tensor {
    Shape shape;
    std::vector<float> values;
  };

  explicit TinyModel(TinyShape shape = {}, unsigned seed = 1) : shape_(shape), random_(seed) {
    vocab_txt = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";
    for (char c = 'a'; c <= 'z'; ++c) vocab_txt += std::string(1, c) + "\n##" + c + "\n";
    for (const char* word : {"profit", "loss", "bank", "##s", "falls", "rises", "the", ".", ",", "!", "é"}) {
      if (std::string(word) != "##s") vocab_txt += std::string(word) + "\n";
    }
    const auto words = static_cast<std::size_t>(std::count(vocab_txt.begin(), vocab_txt.end(), '\n'));
    config = {{"format_version", 1},
              {"name", "tiny"},
              {"architecture", "bert"},
              {"hidden_size", shape.hidden},
              {"layers", shape.layers},
              {"heads", shape.heads},
              {"intermediate_size", shape.intermediate},
              {"max_position", shape.max_position},
              {"vocab_size", words},
              {"layer_norm_eps", 1e-12},
              {"max_tokens", shape.max_tokens},
              {"lower_case", true},
              {"pooling", shape.pooling},
              {"labels", {"positive", "neutral", "negative"}},
              {"topics",
               {{{"id", "earnings"}, {"name", "Earnings"}},
                {{"id", "fed-central-banks"}, {"name", "Fed | Central Banks"}},
                {{"id", "m-a-investments"}, {"name", "M&A | Investments"}}}},
              {"calibration", {{"sentiment_temperature", 1.5}, {"topic_temperature", 1.0}}},
              {"provenance", {{"data", "random"}, {"accuracy", 0.906}, {"loss", 0.0}}}};
    add_encoder(words);
    add("heads.sentiment.weight", {3, shape.hidden}, 0.5F);
    add("heads.sentiment.bias", {3}, 0.5F);
    add("heads.topic.weight", {3, shape.hidden}, 0.5F);
    add("heads.topic.bias", {3}, 0.5F);
    if (!shape.topics) remove_topics();
    if (shape.entity_heads > 0) add_entity_head();
    if (!shape.events.empty()) add_risk_heads();
    if (!shape.layer_heads.empty()) {
      config["heads"] = boost::json::array(shape.layer_heads.begin(), shape.layer_heads.end());
      config["head_size"] = shape.hidden / shape.heads;
    }
  }

  boost::json::object config;
  std::string vocab_txt;
  std::map<std::string, Tensor> tensors;

  const TinyShape& shape() const { return shape_; }
  std::string config_json() const { return boost::json::serialize(config); }
  std::string safetensors() const {
    std::vector<TensorToWrite> list;
    for (const auto& [name, tensor] : tensors) list.push_back({name, shape_.dtype, tensor.shape, tensor.values});
    return write_safetensors(list);
  }
  std::shared_ptr<const ModelPackage> load(const Engine& engine = {}) const {
    return load(config_json(), vocab_txt, safetensors(), engine);
  }
  static std::shared_ptr<const ModelPackage> load(const std::string& config_json, const std::string& vocab,
                                                  const std::string& weights, const Engine& engine = {}) {
    return std::make_shared<const ModelPackage>(
        ModelFiles{.config_json = config_json, .vocab_txt = vocab, .safetensors = std::as_bytes(std::span(weights))},
        "tiny", engine);
  }

 private:
  void add(const std::string& name, Shape shape, float spread, float centre = 0) {
    std::normal_distribution<float> normal(centre, spread);
    std::vector<float> values(elements(shape));
    // Values that half precision represents exactly, so that both types of file give the same model.
    for (auto& value : values) value = std::round(normal(random_) * 256.0F) / 256.0F;
    tensors[name] = {std::move(shape), std::move(values)};
  }
  void add_norm(const std::string& prefix) {
    add(prefix + ".weight", {shape_.hidden}, 0.2F, 1.0F);
    add(prefix + ".bias", {shape_.hidden}, 0.2F);
  }
  void add_dense(const std::string& prefix, std::size_t outputs, std::size_t inputs) {
    add(prefix + ".weight", {outputs, inputs}, 0.25F);
    add(prefix + ".bias", {outputs}, 0.25F);
  }
  void remove_topics() {
    config["topics"] = boost::json::array();
    config["calibration"].as_object().erase("topic_temperature");
    tensors.erase("heads.topic.weight");
    tensors.erase("heads.topic.bias");
  }
  void add_entity_head() {
    const std::size_t hidden = shape_.hidden;
    config["entity_head"] = {{"heads", shape_.entity_heads}};
    config["calibration"].as_object()["entity_temperature"] = 0.8;
    for (const char* part : {"query", "key", "value", "output"}) {
      add_dense(std::string("heads.entity.") + part, hidden, hidden);
    }
    add("heads.entity.classifier.weight", {3, 2 * hidden}, 0.5F);
    add("heads.entity.classifier.bias", {3}, 0.5F);
  }
  void add_risk_heads() {
    const std::size_t outputs = shape_.events.size() + 1 + kGravities;
    config["risk_head"] = {{"events", boost::json::array(shape_.events.begin(), shape_.events.end())}};
    add("heads.risk.weight", {outputs, shape_.hidden}, 0.5F);
    add("heads.risk.bias", {outputs}, 0.5F);
    if (shape_.entity_heads == 0) return;
    add("heads.entity_risk.weight", {outputs, 2 * shape_.hidden}, 0.5F);
    add("heads.entity_risk.bias", {outputs}, 0.5F);
  }
  void add_encoder(std::size_t words) {
    const std::size_t hidden = shape_.hidden;
    add("embeddings.word_embeddings.weight", {words, hidden}, 1);
    add("embeddings.position_embeddings.weight", {shape_.max_position, hidden}, 0.5F);
    add("embeddings.token_type_embeddings.weight", {2, hidden}, 0.5F);
    add_norm("embeddings.LayerNorm");
    for (std::size_t i = 0; i < shape_.layers; ++i) {
      const auto layer = "encoder.layer." + std::to_string(i) + ".";
      const std::size_t heads = shape_.layer_heads.empty() ? shape_.heads : shape_.layer_heads[i];
      const std::size_t width = heads * (hidden / shape_.heads);
      for (const char* part : {"query", "key", "value"}) add_dense(layer + "attention.self." + part, width, hidden);
      add_dense(layer + "attention.output.dense", hidden, width);
      add_norm(layer + "attention.output.LayerNorm");
      add_dense(layer + "intermediate.dense", shape_.intermediate, hidden);
      add_dense(layer + "output.dense", hidden, shape_.intermediate);
      add_norm(layer + "output.LayerNorm");
    }
  }

  TinyShape shape_;
  std::mt19937 random_;
};

/// Texts of the tiny vocabulary and others, of many lengths; the same for the same seed.
inline std::vector<std::string> random_texts(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  const std::vector<std::string> words{"profit", "loss", "banks", "falls", "Rises", "the",
                                       ".",      "a",    "xyz",   "é",     "日本",  "🚀"};
  std::vector<std::string> texts(count);
  for (auto& text : texts) {
    for (std::size_t n = random() % 60; n > 0; --n) text += words[random() % words.size()] + " ";
  }
  return texts;
}

}  // namespace tapewatch::model::test
