// Published classifiers: ours compared with an independent reference (tests/model/make_published.py), and refusals.
#include "model/published/model_import.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "model/package/safetensors.hpp"
#include "model/published/published_tokenizer.hpp"
#include "tests/model/files.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr double kTolerance = 1e-4;

json::object read_json(const fs::path& path) { return json::parse(test::read_file(path)).as_object(); }

ImportOptions options_of(const json::object& reference) {
  ImportOptions options;
  const auto& given = reference.at("options").as_object();
  if (given.contains("labels")) {
    for (const auto& [label, meaning] : given.at("labels").as_object()) {
      options.labels.assigned.emplace_back(label, *sentiment_named(meaning.as_string()));
    }
  }
  options.labels.without_neutral = given.contains("without_neutral");
  return options;
}

/// The reference's probabilities of its labels as P(positive), P(neutral), P(negative).
std::array<double, kSentiments> expected(const json::value& item, const ImportReport& report) {
  std::array<double, kSentiments> sums{};
  for (std::size_t i = 0; i < report.meanings.size(); ++i) {
    sums[static_cast<std::size_t>(report.meanings[i])] += item.at("probabilities").at(i).to_number<double>();
  }
  return sums;
}

/// Imports the model at `folder` and compares every text; gives the largest difference.
double check_published(const fs::path& folder) {
  INFO(folder.filename().string());
  const auto reference = read_json(folder / "reference.json");
  test::ScratchFolder scratch;
  const auto to = scratch.path() / "imported";
  const auto report = import_model(folder, to, options_of(reference));
  CHECK(report.labels == json::value_to<std::vector<std::string>>(reference.at("labels")));
  const auto package = load_model(to.string());
  CHECK(package->version() == report.version);
  CHECK(package->topics().empty());
  Classifier classifier(package, {.max_windows = 1});  // text that does not fit is cut off, as in the reference

  const auto& items = reference.at("items").as_array();
  REQUIRE(items.size() >= 20);
  std::vector<std::string_view> texts;
  for (const auto& item : items) texts.push_back(item.at("text").as_string());
  const auto predictions = classifier.classify(texts);
  double worst = 0, lowest = 1, highest = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    INFO(texts[i]);
    const auto wanted = expected(items[i], report);
    double difference = 0;
    for (std::size_t k = 0; k < kSentiments; ++k) {
      difference = std::max(difference, std::abs(wanted[k] - double{predictions[i].sentiment[k]}));
    }
    CHECK(difference < kTolerance);
    worst = std::max(worst, difference);
    lowest = std::min(lowest, wanted[0]);
    highest = std::max(highest, wanted[0]);
  }
  CHECK(highest - lowest > 100 * kTolerance);  // else a model with a constant output would pass
  return worst;
}

void check_all(const fs::path& folder, std::size_t at_least) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_directory()) continue;  // this file
    const auto worst = check_published(entry.path());
    std::cout << "import: " << entry.path().filename().string() << ", largest difference " << worst << '\n';
    ++count;
  }
  CHECK(count >= at_least);
}

fs::path published() { return test::source_dir() / "tests/model/published"; }

TEST_CASE("Imported classifiers give the publishers' probabilities to 1e-4") { check_all(published(), 4); }

TEST_CASE("Imported classifiers give the publishers' probabilities to 1e-4: models made afresh") {
  const char* folder = std::getenv("TAPEWATCH_PUBLISHED_MODELS");
  if (!folder || !*folder) {
    std::cout << "SKIP: classifiers published afresh: TAPEWATCH_PUBLISHED_MODELS is not set "
                 "(tests/model/make_published.py)\n";
    return;
  }
  check_all(folder, 1);
}

/// A copy of a published model, open to damage.
class Published {
 public:
  explicit Published(const char* name = "bert_uncased")
      : options(options_of(read_json(published() / name / "reference.json"))) {
    fs::copy(published() / name, folder(), fs::copy_options::recursive);
  }

  fs::path folder() const { return scratch_.path() / "model"; }
  fs::path target() const { return scratch_.path() / "imported"; }
  void edit(const char* file, const std::function<void(json::object&)>& change) const {
    auto object = read_json(folder() / file);
    change(object);
    test::write_file(folder() / file, json::serialize(object));
  }
  ImportReport import() const { return import_model(folder(), target(), options); }
  /// The message, after a check that nothing was written.
  std::string refusal() const {
    try {
      import();
    } catch (const ModelError& error) {
      CHECK_FALSE(fs::exists(target()));
      CHECK(std::distance(fs::directory_iterator(scratch_.path()), {}) == 1);
      return error.what();
    }
    return "imported";
  }

  ImportOptions options;

 private:
  test::ScratchFolder scratch_;
};

TEST_CASE("Import: missing files are named with the remedy") {
  const auto without = [](const char* file, const char* other = nullptr) {
    const Published model;
    fs::remove(model.folder() / file);
    if (other) test::write_file(model.folder() / other, "x");
    return model.refusal();
  };
  CHECK_THAT(without("config.json"), Contains("expected config.json, found none"));
  CHECK_THAT(without("model.safetensors"), Contains("expected model.safetensors, found none"));
  CHECK_THAT(
      without("model.safetensors", "pytorch_model.bin"),
      Contains("pytorch_model.bin: expected model.safetensors") && Contains("this command writes it: python3 -c"));
  CHECK_THAT(without("model.safetensors", "model.safetensors.index.json"), Contains("several files"));
  CHECK_THAT(without("vocab.txt"), Contains("expected vocab.txt or tokenizer.json, found neither"));
  CHECK_THROWS_WITH(import_model("/nowhere", "/nowhere/else", {}), Contains("/nowhere: expected a published model"));
}

TEST_CASE("Import: keys that change the computation are refused by name") {
  const auto refused = [](const char* key, const json::value& value, const char* name = "bert_uncased") {
    const Published model(name);
    model.edit("config.json", [&](json::object& config) { config[key] = value; });
    const auto message = model.refusal();
    CHECK_THAT(message, StartsWith((model.folder() / "config.json: ").string()) && Contains(key));
    return message;
  };
  CHECK_THAT(refused("hidden_act", "gelu_new"), Contains("expected gelu, found gelu_new"));
  CHECK_THAT(refused("activation", "relu", "distilbert_two"), Contains("expected gelu, found relu"));
  CHECK_THAT(refused("position_embedding_type", "relative_key"), Contains("expected absolute, found relative_key"));
  CHECK_THAT(refused("architectures", json::array{"RobertaForSequenceClassification"}), Contains("found Roberta"));
  CHECK_THAT(refused("architectures", json::array{"BertForMaskedLM"}), Contains("no classifier yet"));
  CHECK_THAT(refused("is_decoder", true), Contains("found true"));
  CHECK_THAT(refused("problem_type", "multi_label_classification"), Contains("expected single_label_classification"));
  CHECK_THAT(refused("pruned_heads", json::object{{"0", json::array{1}}}), Contains("expected none"));
  CHECK_THAT(refused("num_attention_heads", 5), Contains("a divisor of hidden_size 12"));
  CHECK_THAT(refused("id2label", json::object{{"0", "positive"}, {"7", "negative"}}), Contains("keys 0 to 1"));
  const Published ours;
  test::write_file(ours.folder() / "config.json", R"({"format_version":1})");
  CHECK_THAT(ours.refusal(), Contains("already a model directory of tapewatch"));
}

TEST_CASE("Import: a tokenizer that is not BERT's is refused, and case must be known") {
  const auto refused = [](const char* key, const json::value& value) {
    const Published model;
    model.edit("tokenizer_config.json", [&](json::object& config) { config[key] = value; });
    return model.refusal();
  };
  CHECK_THAT(refused("tokenizer_class", "BertJapaneseTokenizer"), Contains("found BertJapaneseTokenizer"));
  CHECK_THAT(refused("tokenize_chinese_chars", false), Contains("expected true, found false"));
  CHECK_THAT(refused("do_basic_tokenize", false), Contains("expected true, found false"));

  Published model;
  fs::remove(model.folder() / "tokenizer_config.json");
  CHECK_THAT(model.refusal(), Contains("has capitals") && Contains("--cased or --uncased"));
  model.options.lower_case = false;
  CHECK(model.import().max_tokens == 40);
  CHECK_FALSE(load_model(model.target().string())->config().folding.strip_accents);

  const Published json("bert_cased");
  json.edit("tokenizer.json", [](json::object& root) { root["model"].as_object()["type"] = "BPE"; });
  CHECK_THAT(json.refusal(), Contains("model.type: expected WordPiece, found BPE"));
}

TEST_CASE("Import: the vocabulary of tokenizer.json is that of vocab.txt") {
  const auto lines = read_published_tokenizer(published() / "bert_uncased", std::nullopt);
  const auto object = read_published_tokenizer(published() / "bert_cased", std::nullopt);
  CHECK(lines.vocab_txt == object.vocab_txt);
  CHECK(lines.folding.lower_case);
  CHECK_FALSE(object.folding.lower_case);
}

TEST_CASE("Import: labels are mapped by name or by option, never guessed") {
  const auto refused = [](std::vector<std::string> labels, const LabelOptions& options = {}) {
    try {
      map_labels(labels, options);
    } catch (const ModelError& error) {
      return std::string(error.what());
    }
    return std::string("mapped");
  };
  using enum Sentiment;
  const std::vector<std::string> usual{"Bearish", "BULLISH", "neutral"};
  CHECK(map_labels(usual, {}) == std::vector{negative, positive, neutral});
  // An option overrides the name.
  CHECK(map_labels(usual, {.assigned = {{"Bearish", neutral}, {"neutral", negative}}}) ==
        std::vector{neutral, positive, negative});
  CHECK_THAT(refused({"LABEL_0", "LABEL_1", "LABEL_2"}), Contains("--label \"LABEL_0=…\"") && Contains("LABEL_2=…"));
  CHECK_THAT(refused({"1 star", "positive", "negative"}), Contains("say what 1 star means"));
  CHECK_THAT(refused(usual, {.assigned = {{"LABEL_9", neutral}}}), Contains("--label LABEL_9") && Contains("Bearish"));
  CHECK_THAT(refused({"positive", "neutral"}), Contains("expected a label for negative"));
  CHECK_THAT(refused({"NEGATIVE", "POSITIVE"}), Contains("--without-neutral") && Contains("model.abstain_below"));
  CHECK_THAT(refused(usual, {.without_neutral = true}), Contains("leave the option out"));
  CHECK(parse_label_assignment("a=b=negative") == std::pair<std::string, Sentiment>("a=b", negative));
  for (const char* wrong : {"LABEL_0", "LABEL_0=bad", "=negative", ""}) {
    CHECK_THROWS_WITH(parse_label_assignment(wrong), Contains("expected LABEL=positive"));
  }
}

TEST_CASE("Import: weights that are not those of the configuration are refused by tensor") {
  const auto rewritten = [](const std::function<void(std::vector<TensorToWrite>&)>& change) {
    const Published model;
    const auto path = model.folder() / "model.safetensors";
    const auto bytes = test::read_file(path);
    std::vector<TensorToWrite> tensors;
    std::vector<std::vector<float>> values;
    const auto file = Safetensors::parse(std::as_bytes(std::span(bytes)), "published");
    for (const auto& [name, view] : file.tensors()) {
      copy_floats(view, values.emplace_back(elements(view.shape)));
      tensors.push_back({name, DType::f32, view.shape, values.back()});
    }
    change(tensors);
    test::write_file(path, write_safetensors(tensors));
    return model.refusal();
  };
  const auto find = [](std::vector<TensorToWrite>& tensors, std::string_view name) {
    return std::find_if(tensors.begin(), tensors.end(), [&](const auto& tensor) { return tensor.name == name; });
  };
  static const std::vector<float> kTwo(2);
  CHECK_THAT(rewritten([&](auto& tensors) { tensors.erase(find(tensors, "bert.pooler.dense.bias")); }),
             Contains("model.safetensors: bert.pooler.dense.bias: expected shape [12], found no such tensor"));
  CHECK_THAT(rewritten([&](auto& tensors) {
               find(tensors, "classifier.bias")->shape = {3, 1};
             }),
             Contains("classifier.bias: expected shape [3], found [3, 1]"));
  CHECK_THAT(rewritten([&](auto& tensors) {
               tensors.push_back({"bert.adapter.weight", DType::f32, {2}, kTwo});
             }),
             Contains("bert.adapter.weight: found with shape [2], but config.json expects no such tensor"));
  // Left over from training: named in the report, not refused.
  CHECK(rewritten([&](auto& tensors) {
          tensors.push_back({"cls.predictions.bias", DType::f32, {2}, kTwo});
        }) == "imported");
  // Names of files of before 2019.
  CHECK(rewritten([&](auto& tensors) {
          find(tensors, "bert.embeddings.LayerNorm.weight")->name = "bert.embeddings.LayerNorm.gamma";
          find(tensors, "bert.embeddings.LayerNorm.bias")->name = "bert.embeddings.LayerNorm.beta";
        }) == "imported");

  const Published model;
  const auto path = model.folder() / "model.safetensors";
  auto bytes = test::read_file(path);
  bytes.replace(bytes.find("\"F32\""), 5, "\"I32\"");
  test::write_file(path, bytes);
  CHECK_THAT(model.refusal(), Contains("expected dtype F32, F16 or BF16, found I32"));
}

TEST_CASE("Import: names of data-parallel training, and of encoders without their prefix, are those of the model") {
  const auto imported = [](const char* name, const std::string& prefix, const std::string& front) {
    const Published model(name);
    const auto path = model.folder() / "model.safetensors";
    const auto bytes = test::read_file(path);
    std::vector<TensorToWrite> tensors;
    std::vector<std::vector<float>> values;
    const auto file = Safetensors::parse(std::as_bytes(std::span(bytes)), "published");
    for (const auto& [tensor, view] : file.tensors()) {
      copy_floats(view, values.emplace_back(elements(view.shape)));
      const auto plain = tensor.starts_with(prefix) ? tensor.substr(prefix.size()) : tensor;
      tensors.push_back({front + plain, view.dtype, view.shape, values.back()});
    }
    test::write_file(path, write_safetensors(tensors));
    return model.import().version;
  };
  for (const auto& [name, prefix] : {std::pair("bert_uncased", "bert."), std::pair("distilbert_two", "distilbert.")}) {
    const auto plain = imported(name, "", "");
    CHECK(imported(name, "", "module.") == plain);
    CHECK(imported(name, prefix, "") == plain);
    CHECK(imported(name, prefix, "module.") == plain);
  }
}

TEST_CASE("Import: the window, the name and the target") {
  Published model;
  model.options.max_tokens = 41;
  CHECK_THAT(model.refusal(), Contains("--max-tokens: expected 3 to 40"));
  model.options.max_tokens = 24;
  model.options.name = "our-finbert";
  const auto report = model.import();
  CHECK(report.max_tokens == 24);
  CHECK_THAT(report.version, StartsWith("our-finbert+"));
  CHECK(load_model(model.target().string())->max_tokens() == 24);
  CHECK_THROWS_WITH(model.import(), Contains("imported: expected a directory that does not exist yet"));
}

}  // namespace
}  // namespace tapewatch::model
