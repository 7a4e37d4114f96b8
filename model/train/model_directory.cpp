#include "model/train/model_directory.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <boost/json.hpp>

#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>

#include "model/safetensors.hpp"
#include "model/train/checkpoint.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::string_view kPrefix = "bert.";  // some published files have it

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(path.string() + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

NamedTensors read_tensors(const std::string& bytes, const std::filesystem::path& path) {
  NamedTensors tensors;
  const auto file = Safetensors::parse(std::as_bytes(std::span(bytes)), path.string());
  for (const auto& [key, view] : file.tensors()) {
    if (view.dtype != DType::f32 && view.dtype != DType::f16) continue;  // position ids
    const std::vector<std::int64_t> shape(view.shape.begin(), view.shape.end());
    auto tensor = torch::empty(shape);
    copy_floats(view, {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())});
    tensors[key.starts_with(kPrefix) ? key.substr(kPrefix.size()) : key] = tensor;
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
  if (value == nullptr || !value->is_number())
    throw std::runtime_error(fmt::format("{}: no number `{}`", path.string(), key));
  return value->to_number<std::int64_t>();
}

/// On one line; numbers in their shortest form (0.906, where Boost.JSON writes 9.06E-1).
void print_line(std::string& out, const boost::json::value& value) {
  if (value.is_double()) {
    out += fmt::format("{}", value.get_double());
  } else if (value.is_object()) {
    for (char before = '{'; const auto& [key, item] : value.get_object()) {
      out += before + boost::json::serialize(boost::json::value(key)) + ':';
      print_line(out, item);
      before = ',';
    }
    out += value.get_object().empty() ? "{}" : "}";
  } else if (value.is_array()) {
    for (char before = '['; const auto& item : value.get_array()) {
      out += before;
      print_line(out, item);
      before = ',';
    }
    out += value.get_array().empty() ? "[]" : "]";
  } else {
    out += boost::json::serialize(value);
  }
}

/// Two-space indented JSON, lists of records one a line: the file is read by people.
void print(std::string& out, const boost::json::value& value, const std::string& indent) {
  const auto deeper = indent + "  ";
  if (value.is_object() && !value.get_object().empty()) {
    out += "{\n";
    for (bool first = true; const auto& [key, item] : value.get_object()) {
      out += (first ? "" : ",\n") + deeper + boost::json::serialize(boost::json::value(key)) + ": ";
      print(out, item, deeper);
      first = false;
    }
    out += "\n" + indent + "}";
  } else if (value.is_array() && !value.get_array().empty() && value.get_array().front().is_structured()) {
    out += "[\n";
    for (bool first = true; const auto& item : value.get_array()) {
      out += (first ? "" : ",\n") + deeper;
      print_line(out, item);
      first = false;
    }
    out += "\n" + indent + "]";
  } else {
    print_line(out, value);
  }
}

}  // namespace

PublishedEncoder read_encoder(const std::filesystem::path& folder) {
  PublishedEncoder encoder;
  const auto config_path = folder / "config.json";
  const auto config = boost::json::parse(read_file(config_path)).as_object();
  encoder.shape.hidden_size = number(config, "hidden_size", config_path);
  encoder.shape.layers = number(config, "num_hidden_layers", config_path);
  encoder.shape.heads = number(config, "num_attention_heads", config_path);
  encoder.shape.intermediate_size = number(config, "intermediate_size", config_path);
  encoder.shape.max_position = number(config, "max_position_embeddings", config_path);
  encoder.shape.vocab_size = number(config, "vocab_size", config_path);
  encoder.shape.token_types = number(config, "type_vocab_size", config_path);
  if (const auto* eps = config.if_contains("layer_norm_eps")) encoder.shape.layer_norm_eps = eps->to_number<double>();
  if (const auto* name = config.if_contains("_name_or_path"); name != nullptr && name->is_string()) {
    encoder.name = std::string(name->get_string());
  }
  encoder.vocabulary = read_file(folder / "vocab.txt");
  const auto weights_path = folder / "model.safetensors";
  const auto bytes = read_file(weights_path);
  encoder.sha256 = sha256(bytes);
  for (const auto& [name, tensor] : read_tensors(bytes, weights_path)) {
    if (name.starts_with("embeddings.") || name.starts_with("encoder.layer.")) encoder.tensors[name] = tensor;
  }
  return encoder;
}

NamedTensors rounded_to_half(const NamedTensors& tensors) {
  NamedTensors rounded;
  for (const auto& [name, tensor] : tensors) rounded[name] = tensor.detach().to(torch::kHalf).to(torch::kFloat);
  return rounded;
}

void write_model(const std::filesystem::path& folder, const Network& network, const std::string& vocabulary,
                 const boost::json::value& config) {
  write_atomically(folder / "model.safetensors", half_safetensors(network.tensors()));
  write_atomically(folder / "vocab.txt", vocabulary);
  std::string text;
  print(text, config, "");
  write_atomically(folder / "config.json", text + "\n");
}

}  // namespace tapewatch::model::train
