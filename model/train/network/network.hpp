#pragma once
#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/gravity.hpp"
#include "model/train/data/corpus.hpp"

namespace tapewatch::model::train {

enum class Architecture { bert, mpnet, lstm };
std::string_view to_string(Architecture architecture);

struct NetworkShape {
  Architecture architecture = Architecture::bert;
  std::int64_t hidden_size = 384;
  std::int64_t layers = 6;
  std::int64_t heads = 12;
  std::int64_t intermediate_size = 1536;
  std::int64_t max_position = 512;
  std::int64_t vocab_size = 30522;
  std::int64_t token_types = 2;        // BERT
  std::int64_t relative_buckets = 32;  // MPNet
  double layer_norm_eps = 1e-12;
  std::int64_t sentiments = 3;
  std::int64_t topics = 20;
  std::int64_t entity_heads = 0;  // of the attention from a mention to its text; 0: no entity head
  std::int64_t events = 0;        // risk events told apart; 0: no head for them

  /// Outputs of a risk head: no event, the events; the gravities, none first.
  std::int64_t risks() const { return events + 1 + static_cast<std::int64_t>(kGravities); }
};

/// Tensors by their published names; the same names are the keys of checkpoints and of model.safetensors.
using NamedTensors = std::map<std::string, torch::Tensor>;

/// The texts of one step. Padding may hold any id.
struct NetworkInput {
  torch::Tensor ids;      // [rows, tokens] int64
  torch::Tensor mask;     // [rows, tokens] float, 1 for a token, 0 for padding
  torch::Tensor owner;    // [entities] int64: the row that each entity is mentioned in; not defined: no entity
  torch::Tensor mention;  // [entities, tokens] float: equal weights over the mention's tokens that sum to 1
};

struct Logits {
  torch::Tensor sentiment;                    // [rows, sentiments]
  torch::Tensor topic;                        // [rows, topics]
  torch::Tensor entity;                       // [entities, sentiments]; not defined without entities or entity head
  torch::Tensor risk = {}, entity_risk = {};  // [rows, risks()], [entities, risks()]; not defined without risk head

  /// [items, classes] of a task; not defined: there is no such head, or no item.
  torch::Tensor of(Task task) const;
};

struct Blocks;

/// An encoder with one linear head for sentiment, one for topic and, with events, one for risk (heads.risk) on the
/// pooled states, and the entity head (entity_head.hpp) with its own for risk (heads.entity_risk), kept as a plain map
/// of named tensors so that loading, optimising, checkpointing and exporting all use the same tensors. Adapters
/// (adapters.hpp) are further tensors.
class Network {
 public:
  /// All weights random, N(0, 0.02); norms at one and zero.
  Network(NetworkShape shape, bool mean_pooling, double dropout);
  /// A network with these tensors of another one (all except adapters; shared, not copied) and without dropout.
  Network(const Network& other, NamedTensors tensors);

  Logits forward(const NetworkInput& input, bool training) const;
  /// The encoder's last states, [rows, tokens, hidden].
  torch::Tensor encode(const torch::Tensor& ids, const torch::Tensor& mask, bool training) const;

  const NetworkShape& shape() const { return shape_; }
  bool mean_pooling() const { return mean_pooling_; }
  const NamedTensors& tensors() const { return tensors_; }
  /// From now on the tensors include adapters of this scale.
  void adapt(const NamedTensors& adapters, double scale);
  double adapter_scale() const { return adapter_scale_; }
  /// Copies values into the existing tensors; throws std::runtime_error naming an unknown or differently shaped one.
  void load(const NamedTensors& values);

 private:
  torch::Tensor pooled(const Blocks& blocks, const torch::Tensor& states, const torch::Tensor& mask) const;

  NetworkShape shape_;
  bool mean_pooling_;
  double dropout_;
  double adapter_scale_ = 0.0;
  NamedTensors tensors_;
};

}  // namespace tapewatch::model::train
