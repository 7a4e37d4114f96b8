// Tested by tests/train/exported_model_test.cpp
#include "model/train/model_directory.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>

#include "config/notation/hex.hpp"
#include "config/notation/sha256.hpp"
#include "model/package/indented_json.hpp"
#include "model/package/model_error.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/package/safetensors.hpp"
#include "model/package/tensor_reader.hpp"
#include "model/train/learn/checkpoint.hpp"
#include "model/train/prune/prune_layers.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::string_view kPrefixes[] = {"bert.", "mpnet."};  // some published files have one

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

NamedTensors read_tensors(const std::string& bytes, const std::filesystem::path& path) {
  NamedTensors tensors;
  const auto file = Safetensors::parse(std::as_bytes(std::span(bytes)), path.string());
  TensorReader reader(file);
  for (const auto& [key, view] : file.tensors()) {
    if (!holds_weights(file, key)) continue;  // position ids
    const std::vector<std::int64_t> shape(view.shape.begin(), view.shape.end());
    auto tensor = torch::empty(shape);
    try {
      std::ranges::copy(reader.read_matrix(key, view.shape), tensor.data_ptr<float>());
    } catch (const ModelError& error) {
      throw std::runtime_error(fmt::format("{}: {}", path.string(), error.what()));
    }
    std::string name = key;
    for (const auto prefix : kPrefixes) {
      if (name.starts_with(prefix)) name.erase(0, prefix.size());
    }
    tensors[name] = tensor;
  }
  return tensors;
}

std::string half_safetensors(const NamedTensors& tensors) {
  std::vector<TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) {
    list.push_back({.name = name,
                    .dtype = DType::f16,
                    .shape = Shape(tensor.sizes().begin(), tensor.sizes().end()),
                    .values = {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}});
  }
  return write_safetensors(list);
}

std::int64_t number(const boost::json::object& config, std::string_view key, const std::filesystem::path& path) {
  const auto* value = config.if_contains(key);
  if (value == nullptr || !value->is_number()) {
    throw std::runtime_error(fmt::format("{}: no number `{}`", path.string(), key));
  }
  return value->to_number<std::int64_t>();
}

std::string text_or(const boost::json::object& config, std::string_view key, std::string_view otherwise) {
  const auto* value = config.if_contains(key);
  return std::string(value != nullptr && value->is_string() ? std::string_view(value->get_string()) : otherwise);
}

/// `ours`: with the names of our own config.json, else with the published names.
NetworkShape read_shape(const boost::json::object& config, bool ours, const std::filesystem::path& path) {
  const auto size = [&](std::string_view key) { return number(config, key, path); };
  const auto type = text_or(config, ours ? "architecture" : "model_type", "bert");
  if (type != "bert" && type != "mpnet" && !(ours && type == "lstm")) {
    throw std::runtime_error(path.string() + ": neither BERT nor MPNet: " + type);
  }
  NetworkShape shape;
  shape.architecture = type == "mpnet" ? Architecture::mpnet : type == "lstm" ? Architecture::lstm : Architecture::bert;
  shape.hidden_size = size("hidden_size");
  shape.layers = size(ours ? "layers" : "num_hidden_layers");
  shape.heads = size(ours ? "heads" : "num_attention_heads");
  shape.intermediate_size = size("intermediate_size");
  shape.max_position = size(ours ? "max_position" : "max_position_embeddings");
  shape.vocab_size = size("vocab_size");
  if (config.contains("type_vocab_size")) shape.token_types = size("type_vocab_size");
  if (type == "mpnet") shape.relative_buckets = size("relative_attention_num_buckets");
  if (const auto* eps = config.if_contains("layer_norm_eps")) shape.layer_norm_eps = eps->to_number<double>();
  return shape;
}

/// The heads of a tapewatch model directory, without their tensors; their sizes go into `shape`.
TrainedHeads read_heads(const boost::json::object& config, NetworkShape& shape) {
  TrainedHeads heads{.mean_pooling = text_or(config, "pooling", "mean") == "mean"};
  for (const auto& topic : config.at("topics").as_array()) {
    heads.topics.push_back({std::string(topic.at("id").as_string()), std::string(topic.at("name").as_string())});
  }
  shape.topics = std::max<std::int64_t>(1, static_cast<std::int64_t>(heads.topics.size()));
  if (const auto* entity = config.if_contains("entity_head")) {
    shape.entity_heads = entity->at("heads").to_number<std::int64_t>();
  }
  if (const auto* risk = config.if_contains("risk_head")) {
    for (const auto& event : risk->at("events").as_array()) heads.events.emplace_back(event.as_string());
    shape.events = static_cast<std::int64_t>(heads.events.size());
  }
  for (const char* key :
       {"fold_lookalikes", "leave_out_boilerplate", "title_weight", "comparison_weight", "merged_topics"}) {
    if (const auto* value = config.if_contains(key)) heads.reading[key] = *value;
  }
  if (const auto* fitted = config.if_contains("calibration")) heads.calibration = fitted->as_object();
  const auto* const named = config.if_contains("tasks");
  for (const auto task : kAllTasks) {
    const bool usual =
        task == Task::sentiment || task == Task::topic || (task == Task::entity && shape.entity_heads > 0);
    if (named == nullptr ? usual : std::ranges::count(named->as_array(), boost::json::value(to_string(task))) > 0) {
      heads.tasks.push_back(task);
    }
  }
  if (const auto* from = config.if_contains("provenance"); from != nullptr && from->is_object()) {
    if (const auto* upstream = from->get_object().if_contains("upstream")) heads.upstream = *upstream;
  }
  return heads;
}

}  // namespace

PublishedEncoder read_encoder(const std::filesystem::path& folder) {
  const auto config_path = folder / "config.json";
  const auto config = boost::json::parse(read_file(config_path)).as_object();
  PublishedEncoder encoder;
  const bool ours = config.contains("format_version");
  encoder.shape = read_shape(config, ours, config_path);
  encoder.name = text_or(config, ours ? "name" : "_name_or_path", "");
  encoder.vocabulary = read_file(folder / "vocab.txt");
  const auto weights_path = folder / "model.safetensors";
  const auto bytes = read_file(weights_path);
  encoder.sha256 = notation::to_hex(notation::sha256(bytes));
  if (ours) encoder.trained = read_heads(config, encoder.shape);
  for (const auto& [name, tensor] : read_tensors(bytes, weights_path)) {
    if (name.starts_with("embeddings.") || name.starts_with("encoder.")) encoder.tensors[name] = tensor;
    if (ours && name.starts_with("heads.")) encoder.trained->tensors[name] = tensor;
  }
  return encoder;
}

Network network_of(const PublishedEncoder& encoder) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  const auto state = generator.get_state();
  Network network(encoder.shape, encoder.trained->mean_pooling, 0.0);
  network.load(encoder.tensors);
  network.load(encoder.trained->tensors);
  generator.set_state(state);
  return network;
}

void keep_layers(PublishedEncoder& encoder, std::int64_t count, bool even) {
  const auto layers = encoder.shape.layers;
  if (count == 0 || count == layers) return;
  if (count < 0 || count > layers) throw std::runtime_error(fmt::format("the encoder has no {} layers", count));
  const auto size = [](std::int64_t number) { return static_cast<std::size_t>(number); };
  encoder.tensors = with_layers(encoder.tensors, choose_layers(size(layers), size(count), even));
  encoder.shape.layers = count;
}

NamedTensors rounded_to_half(const NamedTensors& tensors) {
  NamedTensors rounded;
  for (const auto& [name, tensor] : tensors) rounded[name] = tensor.detach().to(torch::kHalf).to(torch::kFloat);
  return rounded;
}

void write_encoder_directory(const std::filesystem::path& folder, const std::filesystem::path& from,
                             const PublishedEncoder& encoder, const NamedTensors& tensors) {
  auto all = tensors;
  if (encoder.trained) all.insert(encoder.trained->tensors.begin(), encoder.trained->tensors.end());
  for (auto& [name, tensor] : all) tensor = tensor.contiguous();
  std::filesystem::create_directories(folder);
  write_atomically(folder / "model.safetensors", half_safetensors(all));
  write_atomically(folder / "vocab.txt", encoder.vocabulary);
  write_atomically(folder / "config.json", read_file(from / "config.json"));
}

void write_model(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary,
                 const boost::json::value& config) {
  write_atomically(folder / "model.safetensors", half_safetensors(network.tensors()));
  write_atomically(folder / "vocab.txt", vocabulary);
  write_atomically(folder / "config.json", indented_json(config));
}

}  // namespace tapewatch::model::train
