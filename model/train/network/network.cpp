// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/network/network.hpp"

#include <stdexcept>
#include <utility>

#include "model/train/network/adapters.hpp"
#include "model/train/network/blocks.hpp"
#include "model/train/network/entity_head.hpp"
#include "model/train/network/lstm.hpp"
#include "model/train/network/transformer.hpp"

namespace tapewatch::model::train {

std::string_view to_string(Architecture architecture) {
  constexpr std::string_view kNames[] = {"bert", "mpnet", "lstm"};
  return kNames[static_cast<std::size_t>(architecture)];
}

torch::Tensor Logits::of(Task task) const {
  const auto gravities = static_cast<std::int64_t>(kGravities);
  const auto part = [&](const torch::Tensor& all, bool events) {
    if (!all.defined()) return all;
    const auto outputs = all.size(1);
    return events ? all.slice(1, 0, outputs - gravities) : all.slice(1, outputs - gravities, outputs);
  };
  switch (task) {
    case Task::sentiment:
      return sentiment;
    case Task::topic:
      return topic;
    case Task::entity:
      return entity;
    case Task::event:
    case Task::gravity:
      return part(risk, task == Task::event);
    case Task::entity_event:
    case Task::entity_gravity:
      return part(entity_risk, task == Task::entity_event);
  }
  return {};
}

Network::Network(NetworkShape shape, bool mean_pooling, double dropout)
    : shape_(shape), mean_pooling_(mean_pooling), dropout_(dropout) {
  if (shape_.architecture == Architecture::lstm) {
    add_lstm(tensors_, shape_);
  } else {
    add_transformer(tensors_, shape_);
  }
  add_linear(tensors_, "heads.sentiment", shape_.sentiments, shape_.hidden_size);
  add_linear(tensors_, "heads.topic", shape_.topics, shape_.hidden_size);
  if (shape_.entity_heads > 0) {
    if (shape_.hidden_size % shape_.entity_heads != 0) {
      throw std::runtime_error("the entity head's number of attention heads does not divide the hidden size");
    }
    add_entity_head(tensors_, shape_);
  }
  if (shape_.events > 0) add_linear(tensors_, "heads.risk", shape_.risks(), shape_.hidden_size);
}

Network::Network(const Network& other, NamedTensors tensors)
    : shape_(other.shape_),
      mean_pooling_(other.mean_pooling_),
      dropout_(0.0),
      adapter_scale_(other.adapter_scale_),
      tensors_(std::move(tensors)) {
  for (const auto& [name, tensor] : other.tensors_) {
    if (!tensors_.contains(name) && !name.starts_with(kAdapterPrefix)) {
      throw std::runtime_error("tensor " + name + " is missing");
    }
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

void Network::adapt(const NamedTensors& adapters, double scale) {
  for (const auto& [name, tensor] : adapters) tensors_[name] = tensor;
  adapter_scale_ = scale;
}

torch::Tensor Network::encode(const torch::Tensor& ids, const torch::Tensor& mask, bool training) const {
  const Blocks blocks{tensors_, dropout_, training, adapter_scale_};
  return shape_.architecture == Architecture::lstm ? encode_lstm(blocks, shape_, ids, mask)
                                                   : encode_transformer(blocks, shape_, ids, mask);
}

/// One state for each text, [rows, hidden].
torch::Tensor Network::pooled(const Blocks& blocks, const torch::Tensor& states, const torch::Tensor& mask) const {
  if (shape_.architecture == Architecture::lstm) return attention_pooling(blocks, states, mask);
  if (!mean_pooling_) return states.select(1, 0);
  return torch::matmul(mask.unsqueeze(1), states).squeeze(1) / mask.sum(1, true);
}

Logits Network::forward(const NetworkInput& input, bool training) const {
  const Blocks blocks{tensors_, dropout_, training, adapter_scale_};
  const auto states = encode(input.ids, input.mask, training);
  const auto text = blocks.dropout(pooled(blocks, states, input.mask));
  Logits logits{blocks.linear("heads.sentiment", text), blocks.linear("heads.topic", text), {}};
  if (shape_.events > 0) logits.risk = blocks.linear("heads.risk", text);
  if (input.owner.defined() && shape_.entity_heads > 0) add_entity_logits(blocks, shape_, states, input, logits);
  return logits;
}

}  // namespace tapewatch::model::train
