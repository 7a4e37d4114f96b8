// Tested by tests/model/published/model_import_test.cpp
#include "model/published/published_config.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "config/notation/json_writer.hpp"
#include "model/package/json_section.hpp"
#include "model/package/model_error.hpp"
#include "model/package/shape_limits.hpp"

namespace tapewatch::model {
namespace {

constexpr std::size_t kMaxLabels = 256, kMaxTokenTypes = 1024;
constexpr std::string_view kArchitectures = "BertForSequenceClassification or DistilBertForSequenceClassification";

/// The names that the families give to the same keys.
struct Keys {
  std::string_view hidden_size, layers, heads, intermediate_size, activation;
};
constexpr Keys kBert{"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act"};
constexpr Keys kDistilBert{"dim", "n_layers", "n_heads", "hidden_dim", "activation"};

PublishedFamily read_family(const JsonSection& root, std::string& architecture) {
  const auto& list = root.array("architectures");
  architecture = !list.empty() && list[0].is_string() ? std::string(list[0].get_string()) : notation::to_json(list);
  if (architecture == "BertForSequenceClassification") return PublishedFamily::bert;
  if (architecture == "DistilBertForSequenceClassification") return PublishedFamily::distilbert;
  const bool encoder = architecture.starts_with("Bert") || architecture.starts_with("DistilBert");
  refuse("architectures", kArchitectures,
         architecture + (encoder ? ": it has no classifier yet; fine-tune it with tapewatch-train" : ""));
}

void only(const JsonSection& root, std::string_view key, std::string_view supported) {
  if (const auto found = root.text_or(key, supported); found != supported) refuse(root.path(key), supported, found);
}

// What other members of the family do differently. Dropout probabilities (`*_dropout*`) matter only in training.
void refuse_variants(const JsonSection& root, const Keys& keys) {
  only(root, keys.activation, "gelu");
  only(root, "position_embedding_type", "absolute");
  if (root.boolean("is_decoder", false)) refuse("is_decoder", "false: text is read in both directions", "true");
  if (root.boolean("add_cross_attention", false)) refuse("add_cross_attention", "false", "true");
  only(root, "problem_type", "single_label_classification");
  if (root.has("pruned_heads") && !root.section("pruned_heads").object().empty()) {
    refuse("pruned_heads", "none", notation::to_json(root.object().at("pruned_heads")));
  }
  if (root.has("quantization_config")) refuse("quantization_config", "none: F32, F16 or BF16 weights", "one");
}

EncoderShape read_shape(const JsonSection& root, const Keys& keys) {
  EncoderShape shape;
  shape.hidden_size = root.size(keys.hidden_size, 1, kMaxWidth);
  shape.layers = root.size(keys.layers, 1, kMaxLayers);
  shape.heads = root.size(keys.heads, 1, shape.hidden_size);
  shape.intermediate_size = root.size(keys.intermediate_size, 1, kMaxWidth);
  shape.max_position = root.size("max_position_embeddings", 3, kMaxWindow);
  shape.vocab_size = root.size("vocab_size", 4, kMaxVocabulary);
  if (root.has("layer_norm_eps")) shape.layer_norm_eps = root.positive("layer_norm_eps");  // DistilBERT's is fixed
  if (shape.hidden_size % shape.heads != 0) {
    refuse(keys.heads, fmt::format("a divisor of {} {}", keys.hidden_size, shape.hidden_size),
           fmt::to_string(shape.heads));
  }
  return shape;
}

// The keys are the outputs' numbers, as strings and in any order.
std::vector<std::string> numbered_labels(const JsonSection& root) {
  if (!root.has("id2label")) return {};
  const auto section = root.section("id2label");
  const auto count = section.object().size();
  if (count > kMaxLabels) refuse("id2label", fmt::format("at most {} labels", kMaxLabels), fmt::to_string(count));
  std::vector<std::string> labels(count);
  for (const auto& [key, value] : section.object()) {
    std::size_t index = count;
    std::from_chars(key.data(), key.data() + key.size(), index);
    if (index >= count || fmt::to_string(index) != std::string_view(key)) {
      refuse(section.path(key), fmt::format("the keys 0 to {}", count - 1), key);
    }
    labels[index] = value.is_string() ? section.text(key) : notation::to_json(value);
  }
  return labels;
}

}  // namespace

PublishedConfig parse_published_config(std::string_view config_json, std::string_view origin) try {
  const auto object = parse_json_object(config_json);
  const JsonSection root(object, "");
  if (root.has("format_version")) {
    throw ModelError("this is already a model directory of tapewatch; give it to model.path or --model as it is");
  }
  PublishedConfig config;
  config.family = read_family(root, config.architecture);
  const bool bert = config.family == PublishedFamily::bert;
  const auto& keys = bert ? kBert : kDistilBert;
  refuse_variants(root, keys);
  config.shape = read_shape(root, keys);
  config.token_types = !bert ? 0 : root.has("type_vocab_size") ? root.size("type_vocab_size", 1, kMaxTokenTypes) : 2;
  config.labels = numbered_labels(root);
  return config;
} catch (const ModelError& error) {
  throw ModelError(fmt::format("{}: {}", origin, error.what()));
}

}  // namespace tapewatch::model
