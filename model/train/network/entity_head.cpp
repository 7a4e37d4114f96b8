#include "model/train/network/entity_head.hpp"

#include <cmath>

namespace tapewatch::model::train {
namespace {

constexpr double kMasked = 1e9;

}  // namespace

void add_entity_head(NamedTensors& tensors, const NetworkShape& shape) {
  for (const char* part : {"query", "key", "value", "output"}) {
    add_linear(tensors, std::string("heads.entity.") + part, shape.hidden_size, shape.hidden_size);
  }
  add_linear(tensors, "heads.entity.classifier", shape.sentiments, 2 * shape.hidden_size);
  if (shape.events > 0) add_linear(tensors, "heads.entity_risk", shape.risks(), 2 * shape.hidden_size);
}

void add_entity_logits(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& states,
                       const NetworkInput& input, Logits& logits) {
  const auto tokens = states.size(1), hidden = states.size(2), entities = input.owner.size(0);
  const auto heads = shape.entity_heads, width = hidden / heads;
  const auto own = states.index_select(0, input.owner);  // [entities, tokens, hidden]
  const auto split = [&](const char* part) {
    return blocks.linear(part, own).view({entities, tokens, heads, width}).transpose(1, 2);
  };
  const auto mention = torch::matmul(input.mention.unsqueeze(1), own).squeeze(1);  // [entities, hidden]
  const auto query = blocks.linear("heads.entity.query", mention).view({entities, heads, 1, width}) *
                     (1.0 / std::sqrt(static_cast<double>(width)));
  const auto bias = ((input.mask.index_select(0, input.owner) - 1.0) * kMasked).view({entities, 1, 1, tokens});
  const auto weights = torch::softmax(torch::matmul(query, split("heads.entity.key").transpose(2, 3)) + bias, -1);
  const auto gathered = torch::matmul(weights, split("heads.entity.value")).reshape({entities, hidden});
  const auto said = torch::gelu(blocks.linear("heads.entity.output", gathered));
  const auto joined = blocks.dropout(torch::cat({mention, said}, 1));
  logits.entity = blocks.linear("heads.entity.classifier", joined);
  if (shape.events > 0) logits.entity_risk = blocks.linear("heads.entity_risk", joined);
}

}  // namespace tapewatch::model::train
