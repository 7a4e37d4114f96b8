#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model {

/// A topic: `id` is the slug used in keys and queries, `name` the label for people.
struct TopicName {
  std::string id, name;
};

/// Which of the encoder's states stands for the text.
enum class Pooling { first_token, mean };

/// The dimensions of a BERT encoder.
struct EncoderShape {
  std::size_t hidden_size = 0, layers = 0, heads = 0, intermediate_size = 0, max_position = 0, vocab_size = 0;
  float layer_norm_eps = 1e-12F;
  std::size_t head_size() const { return hidden_size / heads; }
};

/// `config.json` of a model directory.
struct ModelConfig {
  std::string name;
  EncoderShape encoder;
  std::size_t max_tokens = 0;  // window, [CLS] and [SEP] included
  bool lower_case = true;
  Pooling pooling = Pooling::first_token;
  std::vector<std::string> labels;  // positive, neutral, negative
  std::vector<TopicName> topics;
  std::size_t entity_heads = 0;  // of the attention point; 0: the model has none
  float sentiment_temperature = 1, topic_temperature = 1, entity_temperature = 1;
  std::string provenance;  // JSON object, as written: data sets, licences, command, metrics
};

/// Reads format version 1. Throws ModelError that begins with `origin` and names the key, what was expected and found.
ModelConfig parse_model_config(std::string_view config_json, std::string_view origin);

}  // namespace tapewatch::model
