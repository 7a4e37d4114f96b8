#include "model/train/network.hpp"

#include <stdexcept>
#include <utility>

#include "model/train/blocks.hpp"
#include "model/train/entity_head.hpp"
#include "model/train/transformer.hpp"

namespace tapewatch::model::train {

Network::Network(NetworkShape shape, bool mean_pooling, double dropout)
    : shape_(shape), mean_pooling_(mean_pooling), dropout_(dropout) {
  add_transformer(tensors_, shape_);
  add_linear(tensors_, "heads.sentiment", shape_.sentiments, shape_.hidden_size);
  add_linear(tensors_, "heads.topic", shape_.topics, shape_.hidden_size);
  if (shape_.entity_heads > 0) {
    if (shape_.hidden_size % shape_.entity_heads != 0) {
      throw std::runtime_error("the entity head's number of attention heads does not divide the hidden size");
    }
    add_entity_head(tensors_, shape_);
  }
}

Network::Network(const Network& other, NamedTensors tensors)
    : shape_(other.shape_), mean_pooling_(other.mean_pooling_), dropout_(0.0), tensors_(std::move(tensors)) {
  for (const auto& [name, tensor] : other.tensors_) {
    if (!tensors_.contains(name)) throw std::runtime_error("tensor " + name + " is missing");
  }
}

void Network::load(const NamedTensors& values) {
  torch::NoGradGuard no_grad;
  for (const auto& [name, value] : values) {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) throw std::runtime_error("tensor " + name + " is not part of this network");
    if (found->second.sizes() != value.sizes()) throw std::runtime_error("tensor " + name + " has another shape");
    found->second.copy_(value);
  }
}

torch::Tensor Network::encode(const torch::Tensor& ids, const torch::Tensor& mask, bool training) const {
  return encode_transformer({tensors_, dropout_, training}, shape_, ids, mask);
}

Logits Network::forward(const NetworkInput& input, bool training) const {
  const Blocks blocks{tensors_, dropout_, training};
  const auto states = encode(input.ids, input.mask, training);
  auto pooled = mean_pooling_ ? torch::matmul(input.mask.unsqueeze(1), states).squeeze(1) / input.mask.sum(1, true)
                              : states.select(1, 0);
  pooled = blocks.dropout(pooled);
  Logits logits{blocks.linear("heads.sentiment", pooled), blocks.linear("heads.topic", pooled), {}};
  if (input.owner.defined() && shape_.entity_heads > 0) logits.entity = entity_logits(blocks, shape_, states, input);
  return logits;
}

}  // namespace tapewatch::model::train
