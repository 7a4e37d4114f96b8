// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/network/initial_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "model/text/vocabulary.hpp"
#include "model/train/network/adapters.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::int64_t kScratchLayers = 6, kScratchPositions = 514, kScratchWidening = 4;

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

Architecture architecture_named(const std::string& name) {
  for (const auto one : {Architecture::bert, Architecture::mpnet, Architecture::lstm}) {
    if (name == to_string(one)) return one;
  }
  throw std::runtime_error("unknown encoder " + name);
}

PublishedEncoder new_encoder(const TrainOptions& options) {
  const auto path = options.vocabulary.empty() ? options.encoder + "/vocab.txt" : options.vocabulary;
  PublishedEncoder encoder{.vocabulary = read_text(path), .name = "from scratch: " + options.from_scratch};
  encoder.shape = {.architecture = architecture_named(options.from_scratch),
                   .hidden_size = options.hidden_size,
                   .layers = options.layers == 0 ? kScratchLayers : options.layers,
                   .heads = options.scratch_heads,
                   .intermediate_size = kScratchWidening * options.hidden_size,
                   .max_position = kScratchPositions,
                   .vocab_size = static_cast<std::int64_t>(Vocabulary::parse(encoder.vocabulary).size())};
  if (encoder.shape.hidden_size % (2 * encoder.shape.heads) != 0) {
    throw std::runtime_error("--hidden-size must be a multiple of twice --heads");
  }
  return encoder;
}

NetworkShape with_heads(NetworkShape shape, const RunData& data, const TrainOptions& options) {
  shape.sentiments = static_cast<std::int64_t>(sentiment_names().size());
  shape.topics = std::max<std::int64_t>(1, static_cast<std::int64_t>(data.topics.size()));
  shape.events = static_cast<std::int64_t>(data.events.size());
  shape.entity_heads = data.has_entities() ? options.entity_heads : 0;
  return shape;
}

}  // namespace

PublishedEncoder initial_encoder(const TrainOptions& options) {
  if (!options.from_scratch.empty()) return new_encoder(options);
  auto encoder = read_encoder(options.encoder);
  keep_layers(encoder, options.layers, options.layer_choice == "even");
  return encoder;
}

Network initial_network(const PublishedEncoder& encoder, const TrainOptions& options, const RunData& data) {
  torch::manual_seed(options.seed);
  Network network(with_heads(encoder.shape, data, options), options.pooling == "mean", options.dropout);
  network.load(encoder.tensors);
  const auto& adapters = options.adapters;
  if (adapters.kind != AdapterKind::none) {
    network.adapt(new_adapters(network, adapters), adapters.alpha / static_cast<double>(adapters.rank));
  }
  if (!encoder.trained) return network;
  const auto same = [](const TopicName& a, const TopicName& b) { return a.id == b.id; };
  const auto& topics = encoder.trained->topics;
  const bool same_topics = std::equal(topics.begin(), topics.end(), data.topics.begin(), data.topics.end(), same);
  for (const auto& [name, tensor] : encoder.trained->tensors) {
    const auto found = network.tensors().find(name);
    if (found == network.tensors().end() || found->second.sizes() != tensor.sizes()) continue;
    if (!same_topics && name.starts_with("heads.topic.")) continue;
    if (encoder.trained->events != data.events && name.find("risk") != std::string::npos) continue;
    network.load({{name, tensor}});
  }
  return network;
}

}  // namespace tapewatch::model::train
