#pragma once
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "model/package/safetensors.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

/// A separate folder, deleted with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tapewatch-train-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

/// The network's encoder in the form in which encoders are published.
inline void write_encoder(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary) {
  std::filesystem::create_directories(folder);
  write_text(folder / "vocab.txt", vocabulary);
  const auto& shape = network.shape();
  const bool mpnet = shape.architecture == Architecture::mpnet;
  write_text(folder / "config.json",
             fmt::format(R"({{"model_type":"{}","hidden_size":{},"num_hidden_layers":{},"num_attention_heads":{},)"
                         R"("intermediate_size":{},"max_position_embeddings":{},"type_vocab_size":{},"vocab_size":{},)"
                         R"("relative_attention_num_buckets":{},"layer_norm_eps":{},"pad_token_id":{}}})",
                         mpnet ? "mpnet" : "bert", shape.hidden_size, shape.layers, shape.heads,
                         shape.intermediate_size, shape.max_position, shape.token_types, shape.vocab_size,
                         shape.relative_buckets, shape.layer_norm_eps, mpnet ? 1 : 0));
  std::vector<torch::Tensor> kept;
  std::vector<TensorToWrite> list;
  for (const auto& [name, tensor] : network.tensors()) {
    if (name.starts_with("heads.")) continue;
    // Initial weights are so small that every state would look alike.
    const bool is_norm = name.find("LayerNorm") != std::string::npos;
    kept.push_back((is_norm ? tensor.detach() : tensor.detach() * 5.0).contiguous());
    list.push_back({name,
                    DType::f32,
                    Shape(tensor.sizes().begin(), tensor.sizes().end()),
                    {kept.back().data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}});
  }
  std::ofstream(folder / "model.safetensors", std::ios::binary) << write_safetensors(list, {{"format", "pt"}});
}

/// A random two-layer BERT with enough words for the workshop's sentences.
inline void write_tiny_encoder(const std::filesystem::path& folder) {
  std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";
  std::int64_t size = 4;
  for (char c = 'a'; c <= 'z'; ++c) {
    vocabulary += std::string(1, c) + "\n##" + c + "\n";
    size += 2;
  }
  for (const char* word :
       {"profit", "loss", "rises", "falls", "flat", "bank", "oil", "gold", "shares", "unchanged", "record", "while"}) {
    vocabulary += std::string(word) + "\n";
    ++size;
  }
  torch::manual_seed(7);
  const NetworkShape shape{
      .hidden_size = 32, .layers = 2, .heads = 4, .intermediate_size = 64, .max_position = 40, .vocab_size = size};
  write_encoder(folder, Network(shape, true, 0.0), vocabulary);
}

}  // namespace tapewatch::model::train
