#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include "model/safetensors.hpp"
#include "model/train/network.hpp"

namespace tapewatch::model::train {

/// A folder of its own that goes with its owner.
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

/// A random two-layer encoder in the form in which encoders are published.
inline void write_tiny_encoder(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::string vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";
  std::int64_t size = 4;
  for (char c = 'a'; c <= 'z'; ++c) {
    vocabulary += std::string(1, c) + "\n##" + c + "\n";
    size += 2;
  }
  for (const char* word :
       {"profit", "loss", "rises", "falls", "flat", "bank", "oil", "gold", "shares", "unchanged", "record"}) {
    vocabulary += std::string(word) + "\n";
    ++size;
  }
  write_text(folder / "vocab.txt", vocabulary);
  write_text(folder / "config.json",
             R"({"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":64,)"
             R"("max_position_embeddings":40,"type_vocab_size":2,"layer_norm_eps":1e-12,"vocab_size":)" +
                 std::to_string(size) + "}");

  torch::manual_seed(7);
  const Network network(
      {.hidden_size = 32, .layers = 2, .heads = 4, .intermediate_size = 64, .max_position = 40, .vocab_size = size},
      true, 0.0);
  std::vector<torch::Tensor> kept;
  std::vector<TensorToWrite> list;
  for (const auto& [name, tensor] : network.tensors()) {
    if (name.starts_with("heads.")) continue;
    kept.push_back(name.find("LayerNorm") == std::string::npos ? (tensor.detach() * 5.0).contiguous()
                                                               : tensor.detach());
    list.push_back({name,
                    DType::f32,
                    Shape(tensor.sizes().begin(), tensor.sizes().end()),
                    {kept.back().data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}});
  }
  std::ofstream(folder / "model.safetensors", std::ios::binary) << write_safetensors(list);
}

}  // namespace tapewatch::model::train
