#include "model/train/quantize/quantize.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "model/package/file_bytes.hpp"
#include "model/package/indented_json.hpp"
#include "model/package/json_section.hpp"
#include "model/package/model_error.hpp"
#include "model/package/model_writer.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/train/classify_parallel.hpp"
#include "model/train/prune/prune_corpus.hpp"
#include "model/train/quantize/calibrated_rounding.hpp"
#include "model/train/quantize/input_moments.hpp"

namespace tapewatch::model::train {
namespace {

namespace fs = std::filesystem;

/// config.json, signed.
std::string signed_config(std::string_view text, const std::string& from, const std::string& command) {
  auto config = parse_json_object(text);
  auto& provenance = config["provenance"];
  if (!provenance.is_object()) provenance.emplace_object();
  provenance.get_object()["quantised"] = {{"from", from}, {"command", command}};
  return indented_json(config);
}

std::vector<Prediction> classify(const std::shared_ptr<const ModelPackage>& package, std::span<const std::string> texts,
                                 std::size_t threads) {
  const std::vector<Mentions> whole{{}};
  std::vector<TextInput> inputs;
  for (const auto& text : texts) inputs.push_back({.text = text, .entities = whole});
  return classify_parallel(package, inputs, threads);
}

std::vector<QuantizeReport::Task> compare(const std::shared_ptr<const ModelPackage>& floats,
                                          const std::shared_ptr<const ModelPackage>& integers,
                                          std::span<const std::string> texts, const QuantizeOptions& options) {
  const auto expected = classify(floats, texts, options.threads), found = classify(integers, texts, options.threads);
  std::vector<QuantizeReport::Task> tasks{{"sentiment", {}}};
  if (!floats->topics().empty()) tasks.push_back({"topic", {}});
  if (floats->config().entity_heads > 0) tasks.push_back({"entity", {}});
  for (auto& task : tasks) {
    const auto of = [&](const Prediction& prediction) -> std::span<const float> {
      if (task.name == "topic") return prediction.topics;
      if (task.name == "entity") return prediction.entities.front().probabilities;
      return prediction.sentiment;
    };
    for (std::size_t i = 0; i < texts.size(); ++i) task.agreement.add(of(expected[i]), of(found[i]));
  }
  return tasks;
}

/// The rounding that suits the texts; without any that of the load.
Rounding rounding_for(const ModelPackage& floats, std::span<const std::string> texts) {
  if (texts.empty()) return {};
  struct Calibration {
    InputMoments moments;
    const Moments* last = nullptr;  // matrices that share their inputs follow each other
    std::optional<CalibratedRounding> rounding = {};
  };
  auto calibration = std::make_shared<Calibration>(Calibration{.moments = InputMoments(floats, texts)});
  return [calibration](const std::string& name, std::span<const float> weight, QuantisedWeights& to) {
    const auto& moments = calibration->moments.of(name);
    if (calibration->last != &moments) calibration->rounding.emplace(moments);
    calibration->last = &moments;
    calibration->rounding->append(weight, to);
  };
}

/// Evenly spread.
std::vector<std::string> sample(const std::vector<std::string>& texts, std::size_t count) {
  if (texts.size() <= count) return texts;
  std::vector<std::string> some;
  for (std::size_t i = 0; i < count; ++i) some.push_back(texts[i * texts.size() / count]);
  return some;
}

}  // namespace

QuantizeReport quantize(const QuantizeOptions& options) {
  check_is_free(options.out);
  std::vector<std::string> texts;
  if (!options.calibration.empty()) texts = sample(read_texts(options.calibration), options.texts);
  const fs::path folder(options.model);
  const auto floats = load_model(options.model);
  const FileBytes config(folder / "config.json"), vocabulary(folder / "vocab.txt"),
      weights(folder / "model.safetensors");
  const auto written_config = signed_config(config.text(), floats->version(), options.command);
  std::string written;
  try {
    const auto file = Safetensors::parse(weights.bytes(), "model.safetensors");
    written = quantise_file(file, floats->config().encoder, rounding_for(*floats, texts));
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", (folder / "model.safetensors").string(), error.what()));
  }
  const ModelFiles files{
      .config_json = written_config, .vocab_txt = vocabulary.text(), .safetensors = std::as_bytes(std::span(written))};
  // Loaded before it is written: a model that cannot be used is not.
  const auto integers = std::make_shared<const ModelPackage>(files, options.out, Engine{.precision = Precision::int8});
  QuantizeReport report{
      .from = floats->version(),
      .to = integers->version(),
      .parameters = floats->parameters(),
      .integers = integers->parameters_by_type().at(DType::i8),
      .bytes_before = config.text().size() + vocabulary.text().size() + weights.bytes().size(),
      .bytes_after = files.config_json.size() + files.vocab_txt.size() + files.safetensors.size(),
      .tasks = {},
  };
  if (!texts.empty()) report.tasks = compare(floats, integers, texts, options);
  write_model_directory(options.out, files);
  return report;
}

std::string to_text(const QuantizeReport& report) {
  constexpr double kMega = 1e6;
  auto text = fmt::format("{} ({:.1f} MB) -> {} ({:.1f} MB)\n{} of {} weights are 8-bit integers\n", report.from,
                          static_cast<double>(report.bytes_before) / kMega, report.to,
                          static_cast<double>(report.bytes_after) / kMega, report.integers, report.parameters);
  for (const auto& [name, agreement] : report.tasks) {
    text += fmt::format("{:<9}  {} texts, the label of fp32 in {:.4f}, largest difference of a probability {:.3f}\n",
                        name, agreement.rows, agreement.share(), agreement.largest_difference);
  }
  return text;
}

}  // namespace tapewatch::model::train
