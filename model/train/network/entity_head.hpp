#pragma once
#include "model/train/network/blocks.hpp"

namespace tapewatch::model::train {

/// The entity head: what the text says about one of its entities. The query is the entity's mention, keys and values
/// are the encoder's states: m = mean of the states over the mention's tokens; multi-head attention of Wq m over Wk X
/// with values Wv X; o = Wo of the result; logits = Wc [m ; gelu(o)] + b. Any number of entities share one pass of the
/// encoder. Tensors: heads.entity.{query,key,value,output,classifier}.{weight,bias}; with events also
/// heads.entity_risk, as the classifier.
void add_entity_head(NamedTensors& tensors, const NetworkShape& shape);

/// states: [rows, tokens, hidden] → logits.entity and, with events, logits.entity_risk.
void add_entity_logits(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& states,
                       const NetworkInput& input, Logits& logits);

}  // namespace tapewatch::model::train
