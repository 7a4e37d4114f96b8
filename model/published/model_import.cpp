#include "model/published/model_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "model/package/file_bytes.hpp"
#include "model/package/indented_json.hpp"
#include "model/package/model_error.hpp"
#include "model/package/model_package.hpp"
#include "model/package/model_writer.hpp"
#include "model/published/published_config.hpp"
#include "model/published/published_tensors.hpp"
#include "model/published/published_tokenizer.hpp"

namespace tapewatch::model {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

std::string quoted_for_shell(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Converts a directory in place with the publishers' library.
std::string conversion(const fs::path& folder) {
  return fmt::format(
      "python3 -c 'import sys, transformers as t; t.AutoModelForSequenceClassification.from_pretrained(sys.argv[1])"
      ".save_pretrained(sys.argv[1])' {}",
      quoted_for_shell(folder.string()));
}

void check_layout(const fs::path& from) {
  if (!fs::is_directory(from)) {
    throw ModelError(fmt::format("{}: expected a published model's directory, found none", from.string()));
  }
  if (fs::exists(from / "model.safetensors")) return;
  if (fs::exists(from / "model.safetensors.index.json")) {
    throw ModelError(
        fmt::format("{}: the weights are in several files; expected one model.safetensors: let the "
                    "publishers' library merge them with {}",
                    (from / "model.safetensors.index.json").string(), "save_pretrained(DIR, max_shard_size=\"4GB\")"));
  }
  for (const char* other : {"pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"}) {
    if (!fs::exists(from / other)) continue;
    throw ModelError(
        fmt::format("{}: expected model.safetensors, found only this; with `pip install torch transformers` this "
                    "command writes it: {}",
                    (from / other).string(), conversion(from)));
  }
  throw ModelError(fmt::format("{}: expected model.safetensors, found none", from.string()));
}

std::string folder_name(const fs::path& folder) {
  auto absolute = fs::absolute(folder).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();  // a '/' at the end
  return absolute.filename().string();
}

/// id2label, or, if the file has none, the default names of the publishers' library.
std::vector<std::string> labels_of(const PublishedConfig& config, std::size_t classes) {
  auto labels = config.labels;
  if (labels.empty()) {
    for (std::size_t i = 0; i < classes; ++i) labels.push_back(fmt::format("LABEL_{}", i));
  }
  if (labels.size() != classes) {
    throw ModelError(
        fmt::format("config.json: id2label: expected {} labels, one for each output of the classifier, "
                    "found {}",
                    classes, labels.size()));
  }
  return labels;
}

std::size_t window(const PublishedConfig& config, const PublishedTokenizer& tokenizer, std::size_t wanted) {
  const std::size_t longest = config.shape.max_position;
  if (wanted == 0) return std::min(longest, tokenizer.max_tokens == 0 ? longest : tokenizer.max_tokens);
  if (wanted < 3 || wanted > longest) {
    throw ModelError(
        fmt::format("--max-tokens: expected 3 to {} (the model's max_position_embeddings), found {}", longest, wanted));
  }
  return wanted;
}

json::object config_of(const PublishedConfig& published, const PublishedTokenizer& tokenizer,
                       const ImportReport& report, const std::string& name) {
  const auto& shape = published.shape;
  json::array outputs;
  json::object meanings;
  for (std::size_t i = 0; i < report.labels.size(); ++i) {
    const auto meaning = kSentimentNames[static_cast<std::size_t>(report.meanings[i])];
    outputs.emplace_back(meaning);
    meanings[report.labels[i]] = meaning;
  }
  return {{"format_version", 1},
          {"name", name},
          {"architecture", "bert"},
          {"hidden_size", shape.hidden_size},
          {"layers", shape.layers},
          {"heads", shape.heads},
          {"intermediate_size", shape.intermediate_size},
          {"max_position", shape.max_position},
          {"vocab_size", tokenizer.pieces},
          {"layer_norm_eps", json::parse(fmt::format("{}", shape.layer_norm_eps))},  // the shortest digits
          {"max_tokens", report.max_tokens},
          {"lower_case", tokenizer.folding.lower_case},
          {"strip_accents", tokenizer.folding.strip_accents},
          {"pooling", "cls"},
          {"pooler", published.family == PublishedFamily::bert ? "tanh" : "relu"},
          {"labels", json::array(kSentimentNames.begin(), kSentimentNames.end())},
          {"sentiment_outputs", std::move(outputs)},
          {"topics", json::array()},
          {"calibration", {{"sentiment_temperature", 1}}},
          {"provenance", {{"imported_from", report.architecture}, {"labels", std::move(meanings)}}}};
}

// Errors in a file name the file; errors in options name the option.
template <class Do>
auto in_file(const fs::path& path, Do work) {
  try {
    return work();
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace

ImportReport import_model(const fs::path& from, const fs::path& to, const ImportOptions& options) {
  check_is_free(to);
  if (!fs::exists(from / "config.json") && fs::is_directory(from)) {
    throw ModelError(fmt::format("{}: expected config.json, found none", from.string()));
  }
  check_layout(from);
  const auto config_path = from / "config.json";
  const auto published = parse_published_config(FileBytes(config_path).text(), config_path.string());
  auto tokenizer = read_published_tokenizer(from, options.lower_case);
  ImportReport report;
  report.architecture = published.architecture;
  std::optional<ModelDirectoryWriter> writer;
  {
    const auto path = from / "model.safetensors";
    const FileBytes file(path);
    const auto read = Safetensors::parse(file.bytes(), path.string());
    const auto tensors = in_file(path, [&] { return read_published_tensors(read, published, tokenizer.pieces); });
    report.labels = in_file(from, [&] { return labels_of(published, tensors.classes); });
    report.meanings = in_file(config_path, [&] { return map_labels(report.labels, options.labels); });
    report.unused = tensors.unused;
    writer.emplace(to).write_weights(tensors.tensors);
  }
  report.max_tokens = window(published, tokenizer, options.max_tokens);
  const auto config =
      indented_json(config_of(published, tokenizer, report, options.name.empty() ? folder_name(from) : options.name));
  writer->write("config.json", std::as_bytes(std::span(config)));
  writer->write("vocab.txt", std::as_bytes(std::span(tokenizer.vocab_txt)));
  const FileBytes weights(writer->partial() / "model.safetensors");
  const ModelFiles files{.config_json = config, .vocab_txt = tokenizer.vocab_txt, .safetensors = weights.bytes()};
  // A model that cannot be loaded does not appear. In 8-bit integers the check takes a quarter of the memory.
  const ModelPackage package(files, from.string(), {.precision = Precision::int8});
  report.version = package.file_version();
  report.parameters = package.parameters();
  writer->finish();
  return report;
}

}  // namespace tapewatch::model
