#pragma once
#include <boost/json/value.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "model/train/network.hpp"

namespace tapewatch::model::train {

/// A published encoder as read from its directory.
struct PublishedEncoder {
  NetworkShape shape;      // of the encoder; the heads' sizes are the caller's
  NamedTensors tensors;    // fp32, names without prefix; only what Network has
  std::string vocabulary;  // vocab.txt as it is
  std::string name;        // config.json's _name_or_path, "" = none said
  std::string sha256;      // of model.safetensors, lower-case hex
};
/// Throws std::runtime_error naming the file and what is missing in it. Reads `bert.`-prefixed names too.
PublishedEncoder read_encoder(const std::filesystem::path& folder);

/// The network's tensors as they will be read back from fp16.
NamedTensors rounded_to_half(const NamedTensors& tensors);

/// Writes config.json, vocab.txt and model.safetensors (fp16) into `folder`, each by rename, the weights first.
void write_model(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary,
                 const boost::json::value& config);

}  // namespace tapewatch::model::train
