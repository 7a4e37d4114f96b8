// Ours compared with an independent reference: tests/model/make_reference.py.
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "model/encoder.hpp"
#include "model/text/tokenizer.hpp"
#include "tests/model/files.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

namespace json = boost::json;

constexpr double kTolerance = 1e-4;

json::object reference() {
  return json::parse(test::read_file(test::source_dir() / "tests/model/reference.json")).as_object();
}

/// The published model's folder, or "" (and a line that says so).
std::string published_model() {
  const char* folder = std::getenv("TAPEWATCH_REFERENCE_MODEL");
  if (folder && *folder) return folder;
  std::cout << "SKIP: the encoder beside the published weights: TAPEWATCH_REFERENCE_MODEL is not set "
               "(tests/model/fetch_reference.sh)\n";
  return "";
}

double largest_difference(const json::value& expected, const std::vector<float>& found) {
  REQUIRE(expected.as_array().size() == found.size());
  double difference = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    difference = std::max(difference, std::abs(expected.as_array()[i].to_number<double>() - double{found[i]}));
  }
  return difference;
}

/// `expected`: items in the order of the reference's texts, with the ids and whether they were cut.
void check_ids(const std::string& vocab_txt, const json::array& expected) {
  const auto all = reference();
  const auto max_tokens = all.at("max_tokens").to_number<std::size_t>();
  const auto vocabulary = Vocabulary::parse(vocab_txt);
  const Tokenizer tokenizer(vocabulary);
  const auto& items = all.at("items").as_array();
  REQUIRE(items.size() >= 24);
  REQUIRE(expected.size() == items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    INFO(items[i].at("name").as_string().c_str());
    REQUIRE(expected[i].at("name") == items[i].at("name"));
    const auto encoding = tokenizer.encode(items[i].at("text").as_string(), max_tokens);
    std::vector<std::int32_t> ids;
    for (const auto& token : encoding.tokens) ids.push_back(token.id);
    CHECK(ids == json::value_to<std::vector<std::int32_t>>(expected[i].at("ids")));
    CHECK(encoding.truncated == expected[i].at("truncated").as_bool());
  }
}

TEST_CASE("Token ids are those of a tokenizer that is not ours: vocabulary of the shipped model") {
  // If this fails after new weights, run tests/model/make_shipped_tokens.py.
  const auto shipped = json::parse(test::read_file(test::source_dir() / "tests/model/shipped_tokens.json")).as_object();
  check_ids(test::read_file(test::source_dir() / "model/weights/builtin/vocab.txt"), shipped.at("items").as_array());
}

TEST_CASE("Token ids are those of the published tokenizer: published vocabulary") {
  const auto folder = published_model();
  if (folder.empty()) return;
  check_ids(test::read_file(folder + "/vocab.txt"), reference().at("items").as_array());
}

TEST_CASE("Hidden states agree to 1e-4 with PyTorch's on the published weights, with every kernel") {
  const auto folder = published_model();
  if (folder.empty()) return;
  const auto all = reference();
  const auto config = json::parse(test::read_file(folder + "/config.json")).as_object();
  const auto size = [&](const char* key) { return config.at(key).to_number<std::size_t>(); };
  const EncoderShape shape{.hidden_size = size("hidden_size"),
                           .layers = size("num_hidden_layers"),
                           .heads = size("num_attention_heads"),
                           .intermediate_size = size("intermediate_size"),
                           .max_position = size("max_position_embeddings"),
                           .vocab_size = size("vocab_size"),
                           .layer_norm_eps = config.at("layer_norm_eps").to_number<float>()};
  const auto bytes = test::read_file(folder + "/model.safetensors");
  const auto weights = load_encoder(Safetensors::parse(std::as_bytes(std::span(bytes)), folder), shape);
  const auto max_tokens = all.at("max_tokens").to_number<std::size_t>();
  const auto vocabulary = Vocabulary::parse(test::read_file(folder + "/vocab.txt"));
  const Tokenizer tokenizer(vocabulary);

  for (const auto* kernels : available_kernels()) {
    Batch batch;
    std::vector<const json::object*> items;
    for (const auto& item : all.at("items").as_array()) {
      const auto tokens = tokenizer.encode(item.at("text").as_string(), max_tokens).tokens;
      if (kernels->name == "portable" && tokens.size() > 64) continue;  // it takes its time
      batch.add(tokens);
      items.push_back(&item.as_object());
    }
    REQUIRE(batch.texts() >= 24);
    Encoder encoder(weights, max_tokens, *kernels);
    const auto states = encoder.encode(batch, States::all_tokens);
    double worst = 0;
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      const auto& item = *items[text];
      INFO(kernels->name << ": " << item.at("name").as_string().c_str());
      const float* rows = states.data() + batch.starts[text] * shape.hidden_size;
      const std::vector<float> first(rows, rows + shape.hidden_size);
      std::vector<float> mean(shape.hidden_size);
      for (std::size_t k = 0; k < mean.size(); ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < batch.length(text); ++i) sum += rows[i * shape.hidden_size + k];
        mean[k] = static_cast<float>(sum / static_cast<double>(batch.length(text)));
      }
      const auto difference =
          std::max(largest_difference(item.at("first"), first), largest_difference(item.at("mean"), mean));
      CHECK(difference < kTolerance);
      worst = std::max(worst, difference);
    }
    std::cout << "reference: " << batch.texts() << " texts, " << kernels->name << ", largest difference " << worst
              << '\n';
  }
}

}  // namespace
}  // namespace tapewatch::model
