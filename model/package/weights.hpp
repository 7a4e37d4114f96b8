#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/engine.hpp"
#include "model/layers/embedding.hpp"
#include "model/layers/entity_head.hpp"
#include "model/layers/int8_layer.hpp"
#include "model/layers/pooler.hpp"
#include "model/layers/sentiment_head.hpp"
#include "model/layers/transformer_layer.hpp"
#include "model/package/model_config.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// A BERT encoder's weights, packed for the kernels. Immutable once loaded.
struct EncoderWeights {
  EncoderShape shape;
  Embedding embedding;
  std::vector<TransformerLayer> layers;  // of precision fp32
  std::vector<Int8Layer> int8_layers;    // of precision int8
};

/// The encoder with its heads.
struct Weights {
  EncoderWeights encoder;
  std::optional<Pooler> pooler;  // between the pooled state and the two heads, if the model has one
  SentimentHead sentiment;       // hidden → logits
  Dense topic;                   // hidden → logits; no outputs in a model without topics
  Dense risk;                    // hidden → logits of events and gravities; no outputs in a model without risk head
  EntityHead entity;             // the entity head, if the model has one
};

/// Reads the tensors by their published names (`embeddings.word_embeddings.weight`, …), F32, F16 or BF16. Throws
/// ModelError that names the tensor, what was expected and what was found: missing, another shape or type, a value that
/// is not finite. Ignores other tensors in the file. The word table and the matrices of the layers may
/// be in 8-bit integers (quantised_tensors.hpp): an engine of precision int8 takes them as they are and quantises
/// others, one of fp32 computes with the floats that they stand for.
EncoderWeights load_encoder(const Safetensors& file, const EncoderShape& shape, const Engine& engine = {});

/// The encoder and `heads.sentiment`, with topics `heads.topic`, with config.json's `pooler` also `heads.pooler`, with
/// its `entity_head` `heads.entity`, with its `risk_head` `heads.risk` and, of entities, `heads.entity_risk`. A tensor
/// without a place in the configuration is refused: the two files do not belong together.
Weights load_weights(const Safetensors& file, const ModelConfig& config, const Engine& engine = {});

}  // namespace tapewatch::model
