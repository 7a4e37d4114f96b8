#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/train/data/corpus.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// What a tapewatch model directory has beyond an encoder.
struct TrainedHeads {
  NamedTensors tensors;
  std::vector<TopicName> topics;  // none: the topic head was not trained
  std::vector<std::string> events;
  std::vector<Task> tasks;  // that were trained
  bool mean_pooling = true;
  boost::json::value upstream;  // origin of the encoder, from provenance
  boost::json::object calibration;
  boost::json::object reading;  // keys of config.json that say how texts are read: no training changes them
};

/// An encoder read from its directory: a published one or a model directory written by this trainer.
struct PublishedEncoder {
  NetworkShape shape;      // of the encoder; the caller sets the heads' sizes
  NamedTensors tensors;    // fp32, names without prefix; only what Network has
  std::string vocabulary;  // vocab.txt unchanged
  std::string name;        // config.json's _name_or_path or name, "" = none
  std::string sha256;      // of model.safetensors, lower-case hex
  std::optional<TrainedHeads> trained;
};
/// Reads BERT (`bert.`-prefixed names too) and MPNet. Throws std::runtime_error naming the file and what is missing.
PublishedEncoder read_encoder(const std::filesystem::path& folder);

/// The network of a tapewatch model directory, including heads, without dropout; `encoder.trained` is required.
/// libtorch's generator is unchanged: a run that continues draws the same numbers.
Network network_of(const PublishedEncoder& encoder);

/// Keeps `count` of the encoder's layers, the first ones or (`even`) the last of `count` equal shares; 0: all.
void keep_layers(PublishedEncoder& encoder, std::int64_t count, bool even);

/// The network's tensors as read back from fp16.
NamedTensors rounded_to_half(const NamedTensors& tensors);

/// Writes config.json, vocab.txt and model.safetensors (fp16) into `folder`, each by rename, the weights first.
void write_model(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary,
                 const boost::json::value& config);

/// Writes `folder`, which must not exist: the directory `from`, read as `encoder`, with these tensors in place of the
/// encoder's, in fp16; its configuration, vocabulary and heads stay.
void write_encoder_directory(const std::filesystem::path& folder, const std::filesystem::path& from,
                             const PublishedEncoder& encoder, const NamedTensors& tensors);

}  // namespace tapewatch::model::train
