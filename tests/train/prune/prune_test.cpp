// Layers, heads, and the command as a whole.
#include "model/train/prune/prune.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstring>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/train/prune/prune_corpus.hpp"
#include "model/train/prune/prune_layers.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

using Catch::Matchers::Contains;

std::string write(const model::test::ScratchFolder& folder, const std::string& name, const std::string& text) {
  model::test::write_file(folder.path() / name, text);
  return (folder.path() / name).string();
}

std::string write(const model::test::ScratchFolder& folder, const model::test::TinyModel& tiny) {
  std::filesystem::create_directories(folder.path() / "model");
  write(folder, "model/config.json", tiny.config_json());
  write(folder, "model/vocab.txt", tiny.vocab_txt);
  write(folder, "model/model.safetensors", tiny.safetensors());
  return (folder.path() / "model").string();
}

PrunableModel prunable(const model::test::TinyModel& tiny) {
  const model::test::ScratchFolder folder;
  return PrunableModel::read(write(folder, tiny));
}

std::vector<Prediction> classify(const std::shared_ptr<const ModelPackage>& package) {
  const auto texts = model::test::random_texts(30, 4);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return Classifier(package).classify(views);
}

double largest_difference(const std::vector<Prediction>& a, const std::vector<Prediction>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < kSentiments; ++k) {
      largest = std::max(largest, std::abs(double{a[i].sentiment[k]} - double{b[i].sentiment[k]}));
    }
  }
  return largest;
}

TEST_CASE("Layers that stay: the first ones or the last of equal shares") {
  using Layers = std::vector<std::size_t>;
  CHECK(choose_layers(6, 3, false) == Layers{0, 1, 2});
  CHECK(choose_layers(6, 3, true) == Layers{1, 3, 5});
  CHECK(choose_layers(12, 4, true) == Layers{2, 5, 8, 11});
  CHECK(choose_layers(5, 5, true) == Layers{0, 1, 2, 3, 4});
  CHECK_THROWS_WITH(choose_layers(6, 7, false), Contains("expected 1 to 6, found 7"));
}

TEST_CASE("A model cut to some layers equals one that never had the others") {
  const model::test::TinyModel four({.layers = 4, .heads = 2, .layer_heads = {2, 1, 1, 2}}, 9);
  auto pruned = prunable(four);
  keep_layers(pruned, {0, 3});
  // By hand: the tensors of layer 3 as layer 1 of a two-layer model.
  model::test::TinyModel two({.layers = 2, .heads = 2, .layer_heads = {2, 2}}, 9);
  for (auto& [name, tensor] : two.tensors) {
    const std::string of_one = "encoder.layer.1.";
    tensor = four.tensors.at(name.starts_with(of_one) ? "encoder.layer.3." + name.substr(of_one.size()) : name);
  }
  CHECK(largest_difference(classify(pruned.load()), classify(two.load())) == 0);
  CHECK_THROWS_WITH(keep_layers(pruned, {0, 2}), Contains("from 0 to 1"));
  CHECK_THROWS_WITH(keep_layers(pruned, {1, 0}), Contains("ascending"));
}

TEST_CASE("A model in 8-bit integers is pruned as the floats that they stand for") {
  const model::test::ScratchFolder folder;
  const model::test::TinyModel tiny({.dtype = DType::f16}, 9);
  const auto path = write(folder, tiny);
  const auto floats = tiny.safetensors();
  const auto file = Safetensors::parse(std::as_bytes(std::span(floats)), "tiny");
  write(folder, "model/model.safetensors", quantise_file(file, parse_model_config(tiny.config_json(), "tiny").encoder));
  const auto pruned = PrunableModel::read(path);
  CHECK(pruned.tensors.size() == tiny.tensors.size());  // no scales
  for (const auto& [name, tensor] : pruned.tensors) {
    const auto& expected = tiny.tensors.at(name);
    CHECK(tensor.dtype == DType::f16);
    CHECK(tensor.shape == expected.shape);
    const double largest =
        std::abs(*std::ranges::max_element(expected.values, {}, [](float v) { return std::abs(v); }));
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      if (std::abs(tensor.values[i] - expected.values[i]) > largest / 253) FAIL(name);
    }
  }
  CHECK(largest_difference(classify(pruned.load()), classify(load_model(path))) < 0.01);
}

TEST_CASE("A model without some heads equals the one whose heads output zero") {
  const model::test::TinyModel tiny({.hidden = 40, .layers = 2, .heads = 5}, 10);
  auto silent = prunable(tiny), pruned = silent;
  const KeptHeads kept{{0, 2, 4}, {3}};
  for (std::size_t layer = 0; layer < 2; ++layer) {
    auto& output = silent.tensor("encoder.layer." + std::to_string(layer) + ".attention.output.dense.weight");
    for (std::size_t at = 0; at < output.values.size(); ++at) {
      const std::size_t head = at % 40 / 8;
      if (std::count(kept[layer].begin(), kept[layer].end(), head) == 0) output.values[at] = 0;
    }
  }
  keep_heads(pruned, kept);
  const auto package = pruned.load();
  CHECK(package->config().encoder.layer_heads == std::vector<std::size_t>{3, 1});
  CHECK(package->config().encoder.head_size() == 8);
  CHECK(largest_difference(classify(package), classify(silent.load())) < 1e-6);
  CHECK(largest_difference(classify(package), classify(tiny.load())) > 1e-3);
}

TEST_CASE("A head's importance is what the loss gains without it; the least important ones go") {
  auto model = prunable(model::test::TinyModel({.hidden = 40, .layers = 2, .heads = 5}, 11));
  auto& output = model.tensor("encoder.layer.1.attention.output.dense.weight");
  for (std::size_t row = 0; row < 40; ++row) output.values[row * 40 + 17] = 0;  // a part of head 2
  for (std::size_t row = 0; row < 40; ++row) {
    for (std::size_t i = 0; i < 8; ++i) output.values[row * 40 + 3 * 8 + i] = 0;  // head 3 contributes nothing
  }
  const auto before = model.tensors;
  // As a loss: the distance of the scores from those of the whole model.
  const auto whole = classify(model.load());
  const auto importance = head_importance(model, [&](const ModelPackage& package) {
    const std::shared_ptr<const ModelPackage> borrowed(std::shared_ptr<const ModelPackage>(), &package);
    return largest_difference(whole, classify(borrowed));
  });
  REQUIRE(importance.size() == 2);
  REQUIRE(importance[1].size() == 5);
  CHECK(importance[1][3] == 0);
  for (const std::size_t head : {0, 1, 2, 4}) CHECK(importance[1][head] > 0);
  for (const auto& [name, tensor] : before) CHECK(model.tensors.at(name).values == tensor.values);

  const HeadValues values{{0.5, 0.1, 0.4}, {0.01, 0.02, 0.03}};
  CHECK(choose_heads(values, 2) == KeptHeads{{0, 2}, {1, 2}});
  CHECK(choose_heads(values, 9) == KeptHeads{{0, 1, 2}, {0, 1, 2}});
  CHECK(choose_heads_overall(values, 0.5) == KeptHeads{{0, 2}, {2}});  // 3 of 6, a layer never without any
  CHECK(choose_heads_overall(values, 0.01) == KeptHeads{{0}, {2}});
  CHECK(choose_heads_overall(values, 1) == KeptHeads{{0, 1, 2}, {0, 1, 2}});
  CHECK_THROWS_WITH(choose_heads(values, 0), Contains("at least 1"));
  CHECK_THROWS_WITH(choose_heads_overall(values, 0), Contains("above 0"));
}

TEST_CASE("Texts of a corpus: a line each, or the column of a TSV") {
  const model::test::ScratchFolder folder;
  using Texts = std::vector<std::string>;
  CHECK(read_texts(write(folder, "plain", "profit rises\r\n\nloss\ttext\n")) == Texts{"profit rises", "loss\ttext"});
  CHECK(read_texts(write(folder, "tsv", "label\ttext\tsource\npositive\tprofit\ta\nbad\n")) == Texts{"profit"});
  CHECK_THROWS_WITH(read_texts(write(folder, "none", "\n")), Contains("found none"));
  CHECK_THROWS_WITH(read_texts("/nowhere"), Contains("/nowhere: expected a readable file"));
}

TEST_CASE("prune: vocabulary, layers and heads at once, with the report of what it cost") {
  const model::test::ScratchFolder folder;
  const auto out = (folder.path() / "pruned").string();
  const PruneOptions options{
      .model = write(folder, model::test::TinyModel({.hidden = 40, .layers = 4, .heads = 5, .entity_heads = 2}, 12)),
      .out = out,
      .corpora = {write(folder, "corpus.txt", "profit rises\nbank\n")},
      .layers = 2,
      .even_layers = true,
      .head_share = 0.6,
      .sentiment =
          write(folder, "s.tsv", "label\tsource\ttext\npositive\ta\tprofit rises\nnegative\tb\tloss the falls\n"),
      .topic = write(folder, "t.tsv", "label\ttext\nearnings\tprofit\nFed | Central Banks\tbank\n"),
      .entity = write(folder, "e.tsv", "label\tentity\ttext\nnegative\tbank\tthe bank falls\n"),
      .rounds = 1,
      .command = "tapewatch-train prune model"};
  std::vector<std::string> lines;
  const auto report = prune(options, [&](const std::string& line) { lines.push_back(line); });
  CHECK(report.layers == std::vector<std::size_t>{1, 3});
  CHECK(report.before.heads == 20);
  CHECK(report.after.heads == 6);
  CHECK(report.after.parameters < report.before.parameters);
  CHECK(report.after.bytes < report.before.bytes);
  CHECK(report.speeds->before > 0);
  CHECK(report.tokenisation->texts == 5);
  CHECK(report.tokenisation->more_unknown == 0);
  REQUIRE(report.accuracy_after.size() == 5);  // sentiment and its two sources, topic, entity
  CHECK(report.accuracy_after[1].source == "a");
  // The whole model, each head once.
  CHECK(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("heads: loss"); }) ==
        11);

  const auto package = load_model(out);
  CHECK(package->version() == report.to);
  CHECK(package->parameters() == report.after.parameters);
  CHECK_THAT(package->provenance(), Contains("\"pruned\"") && Contains(report.from));
  const auto json = to_json(report);
  CHECK(json.at("accuracy").as_array().size() == 5);
  CHECK(json.at("after").at("heads") == 6);
  CHECK(json.at("head_importance").as_array().size() == 2);
  CHECK_THAT(to_text(report), Contains("texts per second") && Contains("entity") && Contains("heads kept, by layer"));

  CHECK_THROWS_WITH(prune(options, [](const auto&) {}), Contains("expected a directory that does not exist yet"));
}

TEST_CASE("prune: contradictory options are refused before anything is done") {
  const model::test::ScratchFolder folder;
  PruneOptions options{.model = write(folder, model::test::TinyModel({.topics = false})),
                       .out = (folder.path() / "pruned").string()};
  const auto refused = [&](const char* part) {
    CHECK_THROWS_WITH(prune(options, [](const auto&) {}), Contains(part));
    CHECK_FALSE(std::filesystem::exists(options.out));
  };
  refused("nothing to prune");
  options.layers = 1;
  options.kept_layers = {0};
  refused("--layers and --keep-layers");
  options.kept_layers.clear();
  options.heads = 1;
  refused("expected a validation file");
  options.topic = write(folder, "t.tsv", "label\ttext\nearnings\tprofit\n");
  refused("the model has no topics");
  options.topic.clear();
  options.entity = write(folder, "e.tsv", "label\tentity\ttext\nnegative\tbank\tthe bank falls\n");
  refused("no entity head");
}

}  // namespace
}  // namespace tapewatch::model::train
