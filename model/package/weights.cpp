// Tested by tests/model/package/model_package_test.cpp
#include "model/package/weights.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "model/package/model_error.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/package/tensor_reader.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {
namespace {

LayerNorm read_norm(TensorReader& reader, const std::string& prefix, std::size_t size) {
  return {reader.read_buffer(prefix + ".weight", {size}), reader.read_buffer(prefix + ".bias", {size})};
}

void read_dense(TensorReader& reader, const std::string& prefix, std::size_t outputs, Dense& dense,
                std::size_t first = 0) {
  const auto bias = reader.read_buffer(prefix + ".bias", {outputs});
  dense.set(reader.read(prefix + ".weight", {outputs, dense.inputs()}), bias.span(), first);
}

/// A dense layer of the encoder's layers, whose matrix may be in 8-bit integers.
void read_layer_dense(TensorReader& reader, const std::string& prefix, std::size_t outputs, Dense& dense,
                      std::size_t first = 0) {
  const auto bias = reader.read_buffer(prefix + ".bias", {outputs});
  dense.set(reader.read_matrix(prefix + ".weight", {outputs, dense.inputs()}), bias.span(), first);
}

Dense read_layer_dense(TensorReader& reader, const std::string& prefix, std::size_t inputs, std::size_t outputs) {
  Dense dense(inputs, outputs);
  read_layer_dense(reader, prefix, outputs, dense);
  return dense;
}

Dense read_dense(TensorReader& reader, const std::string& prefix, std::size_t inputs, std::size_t outputs) {
  Dense dense(inputs, outputs);
  read_dense(reader, prefix, outputs, dense);
  return dense;
}

Embedding read_embedding(TensorReader& reader, const EncoderShape& shape, Precision precision) {
  const std::size_t hidden = shape.hidden_size;
  Embedding embedding;
  const std::string words(kWordTable);
  embedding.words = precision == Precision::int8 ? reader.read_int8_words(words, {shape.vocab_size, hidden})
                                                 : reader.read_words(words, {shape.vocab_size, hidden});
  embedding.positions = reader.read_buffer("embeddings.position_embeddings.weight", {shape.max_position, hidden});
  // Two types for pairs of texts in the published models; a single text has type 0 throughout.
  const auto types = reader.read("embeddings.token_type_embeddings.weight", {2, hidden});
  for (std::size_t i = 0; i < embedding.positions.size(); ++i) embedding.positions.data()[i] += types[i % hidden];
  embedding.norm = read_norm(reader, "embeddings.LayerNorm", hidden);
  return embedding;
}

TransformerLayer read_layer(TensorReader& reader, const EncoderShape& shape, std::size_t index) {
  const auto prefix = fmt::format("encoder.layer.{}.", index);
  const std::size_t hidden = shape.hidden_size;
  TransformerLayer layer;
  const std::size_t width = shape.attention_size(index);
  layer.heads = shape.heads_in(index);
  layer.query_key_value = Dense(hidden, 3 * width);
  std::size_t first = 0;
  for (const std::string_view part : {"query", "key", "value"}) {
    read_layer_dense(reader, fmt::format("{}attention.self.{}", prefix, part), width, layer.query_key_value, first);
    first += width;
  }
  layer.attention_output = read_layer_dense(reader, prefix + "attention.output.dense", width, hidden);
  layer.attention_norm = read_norm(reader, prefix + "attention.output.LayerNorm", hidden);
  layer.intermediate = read_layer_dense(reader, prefix + "intermediate.dense", hidden, shape.intermediate_size);
  layer.output = read_layer_dense(reader, prefix + "output.dense", shape.intermediate_size, hidden);
  layer.output_norm = read_norm(reader, prefix + "output.LayerNorm", hidden);
  return layer;
}

/// The dense layers `prefix` + each of `parts`, [outputs, inputs] each, quantised and one after another.
Int8Weights read_int8(TensorReader& reader, const Kernels& kernels, const std::string& prefix,
                      std::initializer_list<std::string_view> parts, const Shape& shape) {
  QuantisedWeights quantised;
  std::vector<float> biases;
  for (const auto part : parts) {
    const auto name = prefix + std::string(part);
    reader.read_matrix(name + ".weight", shape, quantised);
    const auto bias = reader.read(name + ".bias", {shape[0]});
    biases.insert(biases.end(), bias.begin(), bias.end());
  }
  return {kernels, quantised, biases, shape[1]};
}

Int8Layer read_int8_layer(TensorReader& reader, const EncoderShape& shape, std::size_t index, const Kernels& kernels) {
  const auto prefix = fmt::format("encoder.layer.{}.", index);
  const std::size_t hidden = shape.hidden_size, width = shape.attention_size(index), inner = shape.intermediate_size;
  const auto read = [&](std::initializer_list<std::string_view> parts, const Shape& each) {
    return read_int8(reader, kernels, prefix, parts, each);
  };
  Int8Layer layer;
  layer.heads = shape.heads_in(index);
  layer.query_key_value = read({"attention.self.query", "attention.self.key", "attention.self.value"}, {width, hidden});
  layer.attention_output = read({"attention.output.dense"}, {hidden, width});
  layer.attention_norm = read_norm(reader, prefix + "attention.output.LayerNorm", hidden);
  layer.intermediate = read({"intermediate.dense"}, {inner, hidden});
  layer.output = read({"output.dense"}, {hidden, inner});
  layer.output_norm = read_norm(reader, prefix + "output.LayerNorm", hidden);
  return layer;
}

EncoderWeights read_encoder(TensorReader& reader, const EncoderShape& shape, const Engine& engine) {
  EncoderWeights weights;
  weights.shape = shape;
  weights.embedding = read_embedding(reader, shape, engine.precision);
  for (std::size_t i = 0; i < shape.layers; ++i) {
    if (engine.precision == Precision::int8) {
      weights.int8_layers.push_back(read_int8_layer(reader, shape, i, *engine.kernels));
    } else {
      weights.layers.push_back(read_layer(reader, shape, i));
    }
  }
  return weights;
}

EntityHead read_entity_head(TensorReader& reader, const ModelConfig& config) {
  const std::size_t hidden = config.encoder.hidden_size;
  EntityHead head;
  head.heads = config.entity_heads;
  head.query = read_dense(reader, "heads.entity.query", hidden, hidden);
  head.key_value = Dense(hidden, 2 * hidden);
  read_dense(reader, "heads.entity.key", hidden, head.key_value, 0);
  read_dense(reader, "heads.entity.value", hidden, head.key_value, hidden);
  head.output = read_dense(reader, "heads.entity.output", hidden, hidden);
  head.classifier = read_dense(reader, "heads.entity.classifier", 2 * hidden, kSentiments);
  if (!config.events.empty()) head.risk = read_dense(reader, "heads.entity_risk", 2 * hidden, config.risk_outputs());
  return head;
}

// Tensors that published files contain beside the encoder.
bool is_known_extra(std::string_view name) { return name == "embeddings.position_ids" || name.starts_with("pooler."); }

}  // namespace

EncoderWeights load_encoder(const Safetensors& file, const EncoderShape& shape, const Engine& engine) {
  TensorReader reader(file);
  return read_encoder(reader, shape, engine);
}

Weights load_weights(const Safetensors& file, const ModelConfig& config, const Engine& engine) {
  TensorReader reader(file);
  Weights weights;
  weights.encoder = read_encoder(reader, config.encoder, engine);
  const std::size_t hidden = config.encoder.hidden_size;
  if (config.pooler) weights.pooler = Pooler{read_dense(reader, "heads.pooler", hidden, hidden), *config.pooler};
  weights.sentiment = {read_dense(reader, "heads.sentiment", hidden, config.sentiment_outputs.size()),
                       config.sentiment_outputs};
  if (!config.topics.empty()) weights.topic = read_dense(reader, "heads.topic", hidden, config.topic_outputs.size());
  if (!config.events.empty()) weights.risk = read_dense(reader, "heads.risk", hidden, config.risk_outputs());
  if (config.entity_heads > 0) weights.entity = read_entity_head(reader, config);
  for (const auto& [name, tensor] : file.tensors()) {
    if (!reader.names().contains(name) && !is_known_extra(name)) {
      throw ModelError(fmt::format("{}: found with shape {}, but config.json expects no such tensor", name,
                                   to_string(tensor.shape)));
    }
  }
  return weights;
}

}  // namespace tapewatch::model
