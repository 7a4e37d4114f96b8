#pragma once
#include <boost/json/value.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// What a directory of ours has beyond an encoder.
struct TrainedHeads {
  NamedTensors tensors;
  std::vector<TopicName> topics;  // none: the topic head was not trained
  std::vector<Task> tasks;        // that were trained
  bool mean_pooling = true;
  boost::json::value upstream;  // where the encoder once came from, from provenance
};

/// An encoder as read from its directory: a published one or a model directory that this trainer wrote.
struct PublishedEncoder {
  NetworkShape shape;      // of the encoder; the heads' sizes are the caller's
  NamedTensors tensors;    // fp32, names without prefix; only what Network has
  std::string vocabulary;  // vocab.txt as it is
  std::string name;        // config.json's _name_or_path or name, "" = none said
  std::string sha256;      // of model.safetensors, lower-case hex
  std::optional<TrainedHeads> trained;
};
/// Reads BERT (`bert.`-prefixed names too) and MPNet. Throws std::runtime_error naming the file and what is missing.
PublishedEncoder read_encoder(const std::filesystem::path& folder);

/// The network of a directory of ours, heads and all, without dropout; `encoder.trained` must be there. libtorch's
/// generator stays as it was: a run that goes on after it draws what it would have drawn.
Network network_of(const PublishedEncoder& encoder);

/// Keeps `count` of the encoder's layers, the first ones or (`even`) the last of `count` equal shares; 0: all.
void keep_layers(PublishedEncoder& encoder, std::int64_t count, bool even);

/// The network's tensors as they will be read back from fp16.
NamedTensors rounded_to_half(const NamedTensors& tensors);

/// Writes config.json, vocab.txt and model.safetensors (fp16) into `folder`, each by rename, the weights first.
void write_model(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary,
                 const boost::json::value& config);

}  // namespace tapewatch::model::train
