// Tested by tests/model/published/model_import_test.cpp
#include "model/published/published_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

/// One part of a layer by our name and by the publishers' name; each has a weight and a bias.
struct Part {
  std::string_view ours, theirs;
};
constexpr Part kBertParts[] = {
    {"attention.self.query", "attention.self.query"},
    {"attention.self.key", "attention.self.key"},
    {"attention.self.value", "attention.self.value"},
    {"attention.output.dense", "attention.output.dense"},
    {"attention.output.LayerNorm", "attention.output.LayerNorm"},
    {"intermediate.dense", "intermediate.dense"},
    {"output.dense", "output.dense"},
    {"output.LayerNorm", "output.LayerNorm"},
};
constexpr Part kDistilBertParts[] = {
    {"attention.self.query", "attention.q_lin"},
    {"attention.self.key", "attention.k_lin"},
    {"attention.self.value", "attention.v_lin"},
    {"attention.output.dense", "attention.out_lin"},
    {"attention.output.LayerNorm", "sa_layer_norm"},
    {"intermediate.dense", "ffn.lin1"},
    {"output.dense", "ffn.lin2"},
    {"output.LayerNorm", "output_layer_norm"},
};

/// Widths of a part: outputs and inputs; a norm has only outputs.
Shape weight_shape(std::string_view ours, const EncoderShape& shape) {
  if (ours.ends_with("LayerNorm")) return {shape.hidden_size};
  if (ours == "intermediate.dense") return {shape.intermediate_size, shape.hidden_size};
  if (ours == "output.dense") return {shape.hidden_size, shape.intermediate_size};
  return {shape.hidden_size, shape.hidden_size};
}

/// Takes tensors out of the file, one by one.
class Taker {
 public:
  Taker(const Safetensors& file, PublishedTensors& out) : file_(file), out_(out) {}

  void take(std::string ours, const std::string& theirs, const Shape& shape) {
    const auto& found = find(theirs, shape);
    add(std::move(ours), shape, found, elements(shape));
  }
  /// The first `rows` of a table that may have more.
  void take_rows(std::string ours, const std::string& theirs, Shape shape, std::size_t rows) {
    const auto& found = find(theirs, shape);
    shape[0] = rows;
    add(std::move(ours), shape, found, elements(shape));
  }
  void take_pair(const std::string& ours, const std::string& theirs, const Shape& weight) {
    take(ours + ".weight", theirs + ".weight", weight);
    take(ours + ".bias", theirs + ".bias", {weight[0]});
  }
  void add_zeros(std::string ours, Shape shape) {
    const auto& zeros = out_.values.emplace_back(elements(shape));
    out_.tensors.push_back({.name = std::move(ours), .dtype = DType::f16, .shape = std::move(shape), .values = zeros});
  }
  /// [wanted, columns] of a table of `rows`: its first rows, zeros if it has fewer.
  void take_padded(std::string ours, const std::string& theirs, const Shape& shape, std::size_t wanted) {
    const auto& found = find(theirs, shape);
    add(std::move(ours), {wanted, shape[1]}, found, std::min(wanted, shape[0]) * shape[1]);
  }

  bool taken(const std::string& name) const { return taken_.contains(name); }
  const Safetensors& file() const { return file_; }

 private:
  // Norms of old files are called gamma and beta.
  const TensorView* find_any(std::string& name) const {
    for (const auto& [now, once] : {std::pair(".weight", ".gamma"), std::pair(".bias", ".beta")}) {
      if (file_.find(name)) break;
      if (!name.ends_with(std::string("LayerNorm") + now)) continue;
      const auto old = name.substr(0, name.size() - std::string_view(now).size()) + once;
      if (file_.find(old)) name = old;
    }
    return file_.find(name);
  }

  const TensorView& find(std::string name, const Shape& shape) {
    const auto* found = find_any(name);
    if (!found) throw ModelError(fmt::format("{}: expected shape {}, found no such tensor", name, to_string(shape)));
    if (found->shape != shape) {
      throw ModelError(fmt::format("{}: expected shape {}, found {}", name, to_string(shape), to_string(found->shape)));
    }
    if (!is_float(found->dtype)) {
      throw ModelError(fmt::format("{}: expected dtype F32, F16 or BF16, found {}", name, to_string(found->dtype)));
    }
    taken_.insert(name);
    return *found;
  }

  void add(std::string ours, Shape shape, const TensorView& from, std::size_t count) {
    if (count == elements(shape)) {
      const auto bytes = from.bytes.first(count * size_of(from.dtype));
      out_.tensors.push_back({.name = std::move(ours), .dtype = from.dtype, .shape = std::move(shape), .bytes = bytes});
      return;
    }
    auto& values = out_.values.emplace_back(elements(shape));
    read_floats(from.dtype, from.bytes.data(), std::span(values).first(count));
    const auto dtype = from.dtype == DType::f16 ? DType::f16 : DType::f32;
    out_.tensors.push_back({.name = std::move(ours), .dtype = dtype, .shape = std::move(shape), .values = values});
  }

  const Safetensors& file_;
  PublishedTensors& out_;
  std::set<std::string> taken_;
};

/// What the names in a file begin with: `root` of all of them, `base` of the encoder's.
struct Names {
  std::string root, base;
};

/// Data-parallel training puts "module." in front of every name; some tools leave the encoder's "bert." out.
Names names_in(const Safetensors& file, PublishedFamily family) {
  const std::string encoder = family == PublishedFamily::bert ? "bert." : "distilbert.";
  for (const std::string root : {"", "module."}) {
    for (const auto& base : {root + encoder, root}) {
      if (file.find(base + "embeddings.word_embeddings.weight")) return {root, base};
    }
  }
  return {"", encoder};  // so that messages name what published files have
}

void take_embeddings(Taker& taker, const PublishedConfig& config, const std::string& base, std::size_t pieces) {
  const auto& shape = config.shape;
  const std::size_t hidden = shape.hidden_size;
  const std::string ours = "embeddings.", theirs = base + "embeddings.";
  if (pieces > shape.vocab_size) {
    throw ModelError(
        fmt::format("{}word_embeddings.weight: expected a row for each of the {} pieces of the vocabulary, "
                    "found {} (config.json's vocab_size)",
                    theirs, pieces, shape.vocab_size));
  }
  taker.take_rows(ours + "word_embeddings.weight", theirs + "word_embeddings.weight", {shape.vocab_size, hidden},
                  pieces);
  taker.take(ours + "position_embeddings.weight", theirs + "position_embeddings.weight", {shape.max_position, hidden});
  const std::string types = "token_type_embeddings.weight";
  if (config.token_types == 0) {
    taker.add_zeros(ours + types, {2, hidden});
  } else {
    taker.take_padded(ours + types, theirs + types, {config.token_types, hidden}, 2);
  }
  taker.take_pair(ours + "LayerNorm", theirs + "LayerNorm", {hidden});
}

std::size_t take_heads(Taker& taker, const PublishedConfig& config, const Names& names) {
  const std::size_t hidden = config.shape.hidden_size;
  const bool bert = config.family == PublishedFamily::bert;
  taker.take_pair("heads.pooler", bert ? names.base + "pooler.dense" : names.root + "pre_classifier", {hidden, hidden});
  const auto* classifier = taker.file().find(names.root + "classifier.weight");
  const std::size_t classes = classifier && !classifier->shape.empty() ? classifier->shape[0] : config.labels.size();
  taker.take_pair("heads.sentiment", names.root + "classifier", {classes, hidden});
  return classes;
}

// Number tables in older files that are just 0, 1, 2, …
bool is_counting(std::string_view name) { return name.ends_with(".position_ids") || name.ends_with(".token_type_ids"); }

}  // namespace

PublishedTensors read_published_tensors(const Safetensors& file, const PublishedConfig& config, std::size_t pieces) {
  PublishedTensors out;
  Taker taker(file, out);
  const bool bert = config.family == PublishedFamily::bert;
  const Names names = names_in(file, config.family);
  const std::string& base = names.base;
  take_embeddings(taker, config, base, pieces);
  const std::string layers = bert ? "encoder.layer." : "transformer.layer.";
  for (std::size_t layer = 0; layer < config.shape.layers; ++layer) {
    const auto theirs = fmt::format("{}{}{}.", base, layers, layer);
    for (const auto& part : bert ? std::span<const Part>(kBertParts) : std::span<const Part>(kDistilBertParts)) {
      taker.take_pair(fmt::format("encoder.layer.{}.{}", layer, part.ours), theirs + std::string(part.theirs),
                      weight_shape(part.ours, config.shape));
    }
  }
  out.classes = take_heads(taker, config, names);
  for (const auto& [name, tensor] : file.tensors()) {
    if (taker.taken(name) || is_counting(name)) continue;
    const bool in_encoder = base == names.root
                                ? name.starts_with(base + "embeddings.") || name.starts_with(base + layers)
                                : name.starts_with(base);
    if (in_encoder) {
      throw ModelError(
          fmt::format("{}: found with shape {}, but config.json expects no such tensor: the encoder is not "
                      "the one that the file describes",
                      name, to_string(tensor.shape)));
    }
    out.unused.push_back(name);
  }
  return out;
}

}  // namespace tapewatch::model
