#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/calibration.hpp"
#include "model/gravity.hpp"
#include "model/prediction.hpp"
#include "model/text/unicode.hpp"

namespace tapewatch::model {

/// A topic: `id` is the slug used in keys and queries, `name` the label for people.
struct TopicName {
  std::string id, name;
};

/// Ids that topics no longer have, each with the topic that holds its texts now.
using FormerTopics = std::map<std::string, std::string, std::less<>>;

/// Which of the encoder's states represents the text.
enum class Pooling { first_token, mean };

/// The activation after the dense layer between the pooled state and the sentiment and topic heads.
enum class Activation { tanh, relu };

/// The dimensions of a BERT encoder.
struct EncoderShape {
  std::size_t hidden_size = 0, layers = 0, heads = 0, intermediate_size = 0, max_position = 0, vocab_size = 0;
  float layer_norm_eps = 1e-12F;
  std::vector<std::size_t> layer_heads;  // of each layer, where heads were pruned; empty: `heads` in all of them

  std::size_t head_size() const { return hidden_size / heads; }
  std::size_t heads_in(std::size_t layer) const { return layer_heads.empty() ? heads : layer_heads[layer]; }
  /// Width of the layer's query, key and value: hidden_size, or less where heads were pruned.
  std::size_t attention_size(std::size_t layer) const { return heads_in(layer) * head_size(); }
};

/// `config.json` of a model directory.
struct ModelConfig {
  std::string name;
  EncoderShape encoder;
  std::size_t max_tokens = 0;  // window, [CLS] and [SEP] included
  Folding folding;
  bool leave_out_boilerplate = false;  // text/boilerplate.hpp
  float title_weight = 0;              // of an article's first sentence alone, beside all of it; 0: not read alone
  float comparison_weight = 0;         // logits for what figures side by side say (text/comparisons.hpp); 0: not read
  Pooling pooling = Pooling::first_token;
  std::optional<Activation> pooler;          // of the dense layer of some published classifiers; none: no layer
  std::vector<std::string> labels;           // positive, neutral, negative
  std::vector<Sentiment> sentiment_outputs;  // what each output of the sentiment head stands for
  std::vector<TopicName> topics;             // empty: the model gives only sentiment
  std::vector<std::size_t> topic_outputs;    // the topic that each output of the topic head counts for
  FormerTopics former_topics;                // ids that the head still tells apart
  std::size_t entity_heads = 0;              // of the entity head; 0: the model has none
  std::vector<std::string> events;           // risk events that the risk heads tell apart, ids; empty: it has none
  Calibration sentiment_calibration, topic_calibration, entity_calibration;
  Calibration event_calibration, gravity_calibration;                // of the text
  Calibration entity_event_calibration, entity_gravity_calibration;  // of an entity

  /// Outputs of a risk head: no event, the events, the gravities.
  std::size_t risk_outputs() const { return events.empty() ? 0 : events.size() + 1 + kGravities; }
  std::string provenance;  // JSON object, as written: data sets, licences, command, metrics
};

/// Reads format version 1. Throws ModelError that begins with `origin` and names the key, what was expected and found.
ModelConfig parse_model_config(std::string_view config_json, std::string_view origin);

}  // namespace tapewatch::model
