#include "model/package/model_package.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>

#include "model/package/model_error.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::TinyModel;

TEST_CASE("A model directory is loaded") {
  const TinyModel model;
  test::ScratchFolder folder;
  test::write_file(folder.path() / "config.json", model.config_json());
  test::write_file(folder.path() / "vocab.txt", model.vocab_txt);
  test::write_file(folder.path() / "model.safetensors", model.safetensors());
  const auto package = load_model(folder.path().string());
  CHECK(package->version() == model.load()->version());
  CHECK(package->max_tokens() == 48);
  CHECK(package->labels() == std::vector<std::string>{"positive", "neutral", "negative"});
  REQUIRE(package->topics().size() == 3);
  CHECK(package->topics()[1].id == "fed-central-banks");
  CHECK(package->topics()[1].name == "Fed | Central Banks");
  CHECK(package->provenance() == R"({"data":"random","accuracy":0.906,"loss":0})");  // not 9.06E-1
  CHECK(package->parameters() > 10000);
}

TEST_CASE("The version is the name and a hash that any byte of the three files changes") {
  TinyModel model;
  const auto version = model.load()->version();
  CHECK(version.size() == std::string("tiny+12345678").size());
  CHECK_THAT(version, StartsWith("tiny+"));
  CHECK(model.load()->version() == version);
  auto other = model;
  other.tensors.at("heads.topic.bias").values[0] += 1;
  CHECK(other.load()->version() != version);
  other = model;
  other.config["provenance"] = boost::json::object{{"data", "otherwise"}};
  CHECK(other.load()->version() != version);
  other = model;
  other.vocab_txt.replace(other.vocab_txt.find("profit"), 6, "profet");
  CHECK(other.load()->version() != version);
}

/// Of this process's memory what maps files, in KiB.
long mapped_files() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stol(line.substr(sizeof "RssFile:"));
  }
  return -1;
}

TEST_CASE("The built-in model takes at most 20 MB of the binary") {
  constexpr std::uintmax_t kMaxBytes = 20'000'000;
  const auto folder = test::source_dir() / "model/weights/builtin";
  if (!std::filesystem::exists(folder / "model.safetensors")) return;
  std::uintmax_t bytes = 0;
  for (const char* file : {"config.json", "vocab.txt", "model.safetensors"}) {
    bytes += std::filesystem::file_size(folder / file);
  }
  CHECK(bytes <= kMaxBytes);
  const auto package = load_model("builtin");
  CHECK(package->parameters_by_type().at(DType::i8) > package->parameters() * 9 / 10);
}

TEST_CASE("The built-in file does not stay in memory beside the weights made of it") {
  const auto file = test::source_dir() / "model/weights/builtin/model.safetensors";
  if (!std::filesystem::exists(file)) return;
  const auto before = mapped_files();
  REQUIRE(before > 0);
  const auto first = load_model("builtin");
  CHECK(mapped_files() - before < static_cast<long>(std::filesystem::file_size(file) / 1024 / 2));
  CHECK(load_model("builtin")->version() == first->version());  // it can be read again
}

TEST_CASE("Missing files and folders are named") {
  CHECK_THROWS_WITH(load_model("/nowhere/at/all"), Contains("/nowhere/at/all") && Contains("no such directory"));
  const TinyModel model;
  test::ScratchFolder folder;
  for (const char* missing : {"config.json", "vocab.txt", "model.safetensors"}) {
    test::write_file(folder.path() / "config.json", model.config_json());
    test::write_file(folder.path() / "vocab.txt", model.vocab_txt);
    test::write_file(folder.path() / "model.safetensors", model.safetensors());
    std::filesystem::remove(folder.path() / missing);
    CHECK_THROWS_WITH(load_model(folder.path().string()), Contains(missing) && Contains("found none"));
  }
}

TEST_CASE("A configuration that is damaged or of another format is refused by key") {
  const auto refused = [](const std::function<void(boost::json::object&)>& damage, const char* part,
                          const char* other = "") {
    TinyModel model;
    damage(model.config);
    CHECK_THROWS_AS(model.load(), ModelError);
    CHECK_THROWS_WITH(model.load(), StartsWith("tiny/config.json: ") && Contains(part) && Contains(other));
  };
  refused([](auto& c) { c["format_version"] = 2; }, "format_version: expected", "found 2");
  refused([](auto& c) { c.erase("format_version"); }, "format_version", "found nothing");
  refused([](auto& c) { c["architecture"] = "gpt"; }, "architecture: expected bert", "found gpt");
  refused([](auto& c) { c["name"] = ""; }, "name");
  refused([](auto& c) { c["hidden_size"] = 0; }, "hidden_size: expected an integer from 1");
  refused([](auto& c) { c["hidden_size"] = 1e9; }, "hidden_size");
  refused([](auto& c) { c["hidden_size"] = "32"; }, "hidden_size", "\"32\"");
  refused([](auto& c) { c["heads"] = 3; }, "heads: expected a divisor of hidden_size 32", "found 3");
  refused([](auto& c) { c["heads"] = {2, 1}; }, "head_size: expected", "found nothing");
  const auto pruned = [&](boost::json::array heads, int size, const char* part, const char* other) {
    refused([&](auto& c) { c["heads"] = heads, c["head_size"] = size; }, part, other);
  };
  pruned({2, 1}, 5, "head_size: expected a divisor of hidden_size 32", "found 5");
  pruned({2}, 16, "heads: expected 2 numbers, one per layer", "found 1");
  pruned({2, 3}, 16, "heads[1]: expected an integer from 1 to 2", "found 3");
  pruned({0, 1}, 16, "heads[0]: expected an integer from 1 to 2", "found 0");
  refused([](auto& c) { c["layers"] = -1; }, "layers", "-1");
  refused([](auto& c) { c["max_tokens"] = 65; }, "max_tokens: expected an integer from 3 to 64");
  refused([](auto& c) { c["max_tokens"] = 2; }, "max_tokens");
  refused([](auto& c) { c["layer_norm_eps"] = 0; }, "layer_norm_eps: expected a positive number");
  refused([](auto& c) { c["lower_case"] = 1; }, "lower_case");
  refused([](auto& c) { c["fold_lookalikes"] = 1; }, "fold_lookalikes");
  refused([](auto& c) { c["leave_out_boilerplate"] = "yes"; }, "leave_out_boilerplate");
  refused([](auto& c) { c["title_weight"] = 1; }, "title_weight: expected less than 1");
  refused([](auto& c) { c["comparison_weight"] = -1; }, "comparison_weight: expected a positive number");
  refused(
      [](auto& c) {
        c["merged_topics"] = {{"sport", "earnings"}};
      },
      "merged_topics.sport: expected the id of a topic");
  refused(
      [](auto& c) {
        c["merged_topics"] = {{"earnings", "earnings"}};
      },
      "merged_topics.earnings: expected the id of");
  refused(
      [](auto& c) {
        c["merged_topics"] = {{"earnings", "results"}};
      },
      "expected the id of a topic that stays", "found results");
  refused([](auto& c) { c["pooling"] = "max"; }, "pooling: expected cls or mean", "max");
  refused(
      [](auto& c) {
        c["labels"] = {"negative", "neutral", "positive"};
      },
      "labels: expected [positive, neutral, negative]");
  refused([](auto& c) { c["topics"] = boost::json::array(5000, 1); }, "topics: expected at most 4096", "found 5000");
  refused([](auto& c) { c["pooler"] = "gelu"; }, "pooler: expected tanh or relu", "found gelu");
  refused([](auto& c) { c["sentiment_outputs"] = {"positive", "bad"}; }, "sentiment_outputs[1]", "found \"bad\"");
  refused([](auto& c) { c["sentiment_outputs"] = boost::json::array{}; }, "sentiment_outputs: expected 1 to 256");
  refused([](auto& c) { c["topics"].as_array()[1] = 4; }, "topics[1]: expected an object");
  refused([](auto& c) { c["topics"].as_array()[1].as_object()["id"] = "Fed Banks"; },
          "topics[1].id: expected the slug fed-banks");
  refused([](auto& c) { c["topics"].as_array()[1].as_object()["id"] = "earnings"; }, "topics[1].id", "earnings again");
  refused([](auto& c) { c.erase("calibration"); }, "calibration");
  refused([](auto& c) { c["calibration"].as_object()["topic_temperature"] = -1; }, "calibration.topic_temperature");

  const TinyModel model;
  CHECK_THROWS_WITH(TinyModel::load("{", model.vocab_txt, model.safetensors()),
                    StartsWith("tiny/config.json: expected JSON"));
  CHECK_THROWS_WITH(TinyModel::load("[]", model.vocab_txt, model.safetensors()), Contains("expected a JSON object"));
  CHECK_THROWS_WITH(TinyModel::load("", model.vocab_txt, model.safetensors()), Contains("expected JSON"));
}

TEST_CASE("A vocabulary of another size than the configuration's is refused") {
  TinyModel model;
  model.vocab_txt += "more\n";
  CHECK_THROWS_WITH(model.load(), StartsWith("tiny/vocab.txt: ") && Contains("expected 66") && Contains("found 67"));
  model.vocab_txt += "more\n";
  CHECK_THROWS_WITH(model.load(), StartsWith("tiny/vocab.txt") && Contains("already on line"));
}

TEST_CASE("Weights that do not fit the configuration are refused by tensor") {
  const auto refused = [](const std::function<void(TinyModel&)>& damage, const char* part, const char* other = "") {
    TinyModel model;
    damage(model);
    CHECK_THROWS_AS(model.load(), ModelError);
    CHECK_THROWS_WITH(model.load(), StartsWith("tiny/model.safetensors: ") && Contains(part) && Contains(other));
  };
  refused([](auto& m) { m.tensors.erase("encoder.layer.1.output.dense.bias"); },
          "encoder.layer.1.output.dense.bias: expected shape [32]", "found no such tensor");
  refused([](auto& m) { m.tensors.erase("embeddings.word_embeddings.weight"); }, "embeddings.word_embeddings.weight");
  refused(
      [](auto& m) {
        m.tensors.at("heads.sentiment.weight").shape = {32, 3};
      },
      "heads.sentiment.weight: expected shape [3, 32]", "found [32, 3]");
  refused([](auto& m) { m.config["topics"].as_array().pop_back(); }, "heads.topic", "expected shape [2");
  refused([](auto& m) { m.config["layers"] = 1; }, "encoder.layer.1.", "expects no such tensor");
  refused([](auto& m) { m.config["layers"] = 3; }, "encoder.layer.2.", "found no such tensor");
  refused([](auto& m) { m.tensors["surprise"] = {{1}, {0.0F}}; }, "surprise: found with shape [1]");
  for (const char* name :
       {"embeddings.word_embeddings.weight", "encoder.layer.0.attention.self.key.weight", "heads.topic.bias"}) {
    refused([&](auto& m) { m.tensors.at(name).values.back() = std::numeric_limits<float>::quiet_NaN(); }, name,
            "finite");
    refused([&](auto& m) { m.tensors.at(name).values.front() = -std::numeric_limits<float>::infinity(); }, name,
            "finite");
    refused([&](auto& m) { m.tensors.at(name).values.front() = 3e38F; }, name, "at most 65504 in magnitude");
  }
  const TinyModel model;
  const auto bytes = model.safetensors();
  CHECK_THROWS_WITH(TinyModel::load(model.config_json(), model.vocab_txt, bytes.substr(0, bytes.size() - 1)),
                    Contains("truncated"));
  CHECK_THROWS_WITH(TinyModel::load(model.config_json(), model.vocab_txt, bytes + "x"), Contains("trailing bytes"));
}

TEST_CASE("Tensors beside the encoder in published files are skipped") {
  TinyModel model;
  model.tensors["pooler.dense.weight"] = {{1}, {0.0F}};
  model.tensors["embeddings.position_ids"] = {{1}, {0.0F}};
  CHECK_NOTHROW(model.load());
}

}  // namespace
}  // namespace tapewatch::model
