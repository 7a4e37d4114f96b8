// Tested by tests/train/reference_test.cpp
#include "model/train/network/transformer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

constexpr double kMasked = 1e9;
constexpr std::int64_t kMpnetFirstPosition = 2;  // its padding id is 1, positions follow
constexpr double kMaxDistance = 128.0;

const char* const kRelativeBias = "encoder.relative_attention_bias.weight";

/// The tensors of layer `index` by role.
struct LayerNames {
  std::string query, key, value, mixed, attention_norm, intermediate, output, output_norm;

  LayerNames(Architecture architecture, std::int64_t index) {
    const auto layer = fmt::format("encoder.layer.{}.", index);
    const bool mpnet = architecture == Architecture::mpnet;
    query = layer + (mpnet ? "attention.attn.q" : "attention.self.query");
    key = layer + (mpnet ? "attention.attn.k" : "attention.self.key");
    value = layer + (mpnet ? "attention.attn.v" : "attention.self.value");
    mixed = layer + (mpnet ? "attention.attn.o" : "attention.output.dense");
    attention_norm = layer + (mpnet ? "attention.LayerNorm" : "attention.output.LayerNorm");
    intermediate = layer + "intermediate.dense";
    output = layer + "output.dense";
    output_norm = layer + "output.LayerNorm";
  }
};

/// Multi-head scaled dot-product attention, Vaswani et al. 2017, 3.2. x: [rows * tokens, hidden]; bias: broadcasts to
/// [rows, heads, tokens, tokens].
torch::Tensor attention(const Blocks& blocks, const NetworkShape& shape, const LayerNames& names,
                        const torch::Tensor& x, const torch::Tensor& bias) {
  const auto rows = bias.size(0), tokens = bias.size(3), width = shape.hidden_size / shape.heads;
  const auto split = [&](const std::string& part) {
    return blocks.linear(part, x).view({rows, tokens, shape.heads, width}).transpose(1, 2);
  };
  const auto query = split(names.query) * (1.0 / std::sqrt(static_cast<double>(width)));
  const auto scores = torch::matmul(query, split(names.key).transpose(2, 3)) + bias;
  const auto weights = blocks.dropout(torch::softmax(scores, -1));
  const auto mixed =
      torch::matmul(weights, split(names.value)).transpose(1, 2).reshape({rows * tokens, shape.hidden_size});
  return blocks.dropout(blocks.linear(names.mixed, mixed));
}

/// [rows, tokens, hidden], before the norm.
torch::Tensor embed(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& ids) {
  const auto tokens = ids.size(1);
  const bool mpnet = shape.architecture == Architecture::mpnet;
  const auto first = mpnet ? kMpnetFirstPosition : 0;
  const auto x = torch::embedding(blocks.at("embeddings.word_embeddings.weight"), ids) +
                 blocks.at("embeddings.position_embeddings.weight").slice(0, first, first + tokens);
  return mpnet ? x : x + blocks.at("embeddings.token_type_embeddings.weight").select(0, 0);
}

/// The bias on attention scores: padding gets a large negative value, and MPNet adds one by distance.
torch::Tensor attention_bias(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& mask) {
  const auto rows = mask.size(0), tokens = mask.size(1);
  auto bias = ((mask - 1.0) * kMasked).view({rows, 1, 1, tokens});
  if (shape.architecture != Architecture::mpnet) return bias;
  const auto buckets = relative_position_buckets(tokens, shape.relative_buckets);
  return bias + torch::embedding(blocks.at(kRelativeBias), buckets).permute({2, 0, 1}).unsqueeze(0);
}

}  // namespace

void add_transformer(NamedTensors& tensors, const NetworkShape& shape) {
  const auto hidden = shape.hidden_size;
  tensors["embeddings.word_embeddings.weight"] = random_matrix({shape.vocab_size, hidden});
  tensors["embeddings.position_embeddings.weight"] = random_matrix({shape.max_position, hidden});
  if (shape.architecture == Architecture::mpnet) {
    tensors[kRelativeBias] = random_matrix({shape.relative_buckets, shape.heads});
  } else {
    tensors["embeddings.token_type_embeddings.weight"] = random_matrix({shape.token_types, hidden});
  }
  add_norm(tensors, "embeddings.LayerNorm", hidden);
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    const LayerNames names(shape.architecture, layer);
    for (const auto* part : {&names.query, &names.key, &names.value, &names.mixed}) {
      add_linear(tensors, *part, hidden, hidden);
    }
    add_norm(tensors, names.attention_norm, hidden);
    add_linear(tensors, names.intermediate, shape.intermediate_size, hidden);
    add_linear(tensors, names.output, hidden, shape.intermediate_size);
    add_norm(tensors, names.output_norm, hidden);
  }
}

std::string matrix_name(const NetworkShape& shape, std::int64_t layer, std::string_view role) {
  const LayerNames names(shape.architecture, layer);
  if (role == "query") return names.query;
  if (role == "key") return names.key;
  if (role == "value") return names.value;
  if (role == "output") return names.mixed;
  if (role == "intermediate") return names.intermediate;
  if (role == "ffn") return names.output;
  throw std::runtime_error("unknown matrix of an encoder layer " + std::string(role));
}

torch::Tensor encode_transformer(const Blocks& blocks, const NetworkShape& shape, const torch::Tensor& ids,
                                 const torch::Tensor& mask) {
  const auto rows = ids.size(0), tokens = ids.size(1), hidden = shape.hidden_size;
  const auto epsilon = shape.layer_norm_eps;
  auto x = blocks.dropout(blocks.norm("embeddings.LayerNorm", embed(blocks, shape, ids), epsilon))
               .view({rows * tokens, hidden});
  const auto bias = attention_bias(blocks, shape, mask);
  for (std::int64_t layer = 0; layer < shape.layers; ++layer) {
    const LayerNames names(shape.architecture, layer);
    x = blocks.norm(names.attention_norm, x + attention(blocks, shape, names, x, bias), epsilon);
    const auto wide = torch::gelu(blocks.linear(names.intermediate, x));
    x = blocks.norm(names.output_norm, x + blocks.dropout(blocks.linear(names.output, wide)), epsilon);
  }
  return x.view({rows, tokens, hidden});
}

torch::Tensor relative_position_buckets(std::int64_t tokens, std::int64_t buckets) {
  const auto places = torch::arange(tokens, torch::kLong);
  const auto ahead = places.unsqueeze(0) - places.unsqueeze(1);  // how far the column is after the row
  const auto half = buckets / 2, exact = half / 2;
  const auto distance = ahead.abs();
  const auto scale = static_cast<double>(half - exact) / std::log(kMaxDistance / static_cast<double>(exact));
  const auto log = torch::log(distance.to(torch::kFloat).clamp_min(1.0) / static_cast<double>(exact)) * scale;
  const auto far = (log.to(torch::kLong) + exact).clamp_max(half - 1);
  return torch::where(distance < exact, distance, far) + (ahead > 0).to(torch::kLong) * half;
}

}  // namespace tapewatch::model::train
