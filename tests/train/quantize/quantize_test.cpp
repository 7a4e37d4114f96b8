#include "model/train/quantize/quantize.hpp"

#include <boost/json.hpp>
#include <cstring>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

struct Folder : model::test::ScratchFolder {
  std::string write(const std::string& name, const std::string& text) const {
    model::test::write_file(path() / name, text);
    return (path() / name).string();
  }
  std::string write(const model::test::TinyModel& tiny) const {
    std::filesystem::create_directories(path() / "model");
    write("model/config.json", tiny.config_json());
    write("model/vocab.txt", tiny.vocab_txt);
    write("model/model.safetensors", tiny.safetensors());
    return (path() / "model").string();
  }
  std::string out() const { return (path() / "quantised").string(); }
};

TEST_CASE("quantize: the written model has the scores of the model quantised at load, and says where it comes from") {
  const Folder folder;
  const model::test::TinyModel tiny({.entity_heads = 2}, 3);
  const auto report = quantize(
      {.model = folder.write(tiny), .out = folder.out(), .command = "tapewatch-train quantize model quantised"});
  const Engine int8{.precision = Precision::int8};
  const auto written = load_model(folder.out(), int8);
  CHECK(report.from == tiny.load()->version());
  CHECK(report.to == written->version());
  CHECK(report.bytes_after < report.bytes_before);
  CHECK(report.parameters == tiny.load()->parameters());
  CHECK(report.integers == written->parameters_by_type().at(DType::i8));
  CHECK(report.tasks.empty());
  const auto provenance = boost::json::parse(written->provenance()).at("quantised");
  CHECK(provenance.at("from").as_string() == report.from);
  CHECK(provenance.at("command") == "tapewatch-train quantize model quantised");

  const auto texts = model::test::random_texts(40, 7);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto found = Classifier(written).classify(views), expected = Classifier(tiny.load(int8)).classify(views);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(std::memcmp(found[i].sentiment.data(), expected[i].sentiment.data(), sizeof expected[i].sentiment) == 0);
    CHECK(found[i].topics == expected[i].topics);
  }
}

TEST_CASE("quantize --calibration: weights rounded for the texts, and the agreement with fp32 on them") {
  const Folder folder;
  const model::test::TinyModel tiny({.entity_heads = 2}, 3);
  std::string lines;
  for (const auto& text : model::test::random_texts(60, 7)) lines += text + "\n";
  const auto model = folder.write(tiny);
  const auto report = quantize({.model = model,
                                .out = folder.out(),
                                .calibration = folder.write("texts.txt", lines),
                                .texts = 50,
                                .threads = 2});
  REQUIRE(report.tasks.size() == 3);
  for (const auto& [name, agreement] : report.tasks) {
    CHECK(agreement.rows == 50);
    CHECK(agreement.largest_difference > 0);
    CHECK(agreement.largest_difference < 0.2);
  }
  CHECK_THAT(to_text(report), StartsWith(report.from + " (") && Contains("sentiment") && Contains("entity"));
  CHECK(report.to != quantize({.model = model, .out = (folder.path() / "plain").string()}).to);
  CHECK_NOTHROW(load_model(folder.out()));
}

TEST_CASE("quantize: a model of sentiment alone; without texts nothing is compared") {
  const Folder folder;
  const auto model = folder.write(model::test::TinyModel({.dtype = DType::f16, .topics = false}));
  CHECK(quantize({.model = model, .out = folder.out()}).tasks.empty());
  const auto report = quantize({.model = model,
                                .out = (folder.path() / "again").string(),
                                .calibration = folder.write("texts.tsv", "label\ttext\npositive\tprofit rises\n")});
  REQUIRE(report.tasks.size() == 1);
  CHECK(report.tasks.front().agreement.rows == 1);
}

TEST_CASE("quantize refuses what it cannot quantise, and writes nothing") {
  const Folder folder;
  const auto model = folder.write(model::test::TinyModel());
  quantize({.model = model, .out = folder.out()});
  const auto twice = (folder.path() / "twice").string();
  CHECK_THROWS_WITH(
      quantize({.model = folder.out(), .out = twice}),
      StartsWith(folder.out() + "/model.safetensors: encoder.layer.0.") && Contains("is in 8-bit integers already"));
  CHECK_THROWS_WITH(quantize({.model = model, .out = folder.out()}), Contains("does not exist yet"));
  CHECK_THROWS_AS(quantize({.model = "/nowhere", .out = twice}), ModelError);
  CHECK_THROWS_WITH(quantize({.model = model, .out = twice, .calibration = "/nowhere.txt"}), Contains("/nowhere.txt"));
  CHECK_FALSE(std::filesystem::exists(twice));
}

}  // namespace
}  // namespace tapewatch::model::train
