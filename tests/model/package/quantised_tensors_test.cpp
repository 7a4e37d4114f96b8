// 8-bit integers in the file: the same scores as quantised at load, floats where asked for, bad files refused by
// tensor.
#include "model/package/quantised_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::TinyModel;

const std::string kKey = "encoder.layer.0.attention.self.key.weight", kWords(kWordTable);

Safetensors parse(const std::string& bytes) { return Safetensors::parse(std::as_bytes(std::span(bytes)), "tiny"); }

std::string quantised(const TinyModel& model) {
  const auto bytes = model.safetensors();
  return quantise_file(parse(bytes), parse_model_config(model.config_json(), "tiny").encoder);
}

std::shared_ptr<const ModelPackage> load(const TinyModel& model, const std::string& weights, Precision precision) {
  return TinyModel::load(model.config_json(), model.vocab_txt, weights, {.precision = precision});
}

std::vector<Prediction> classify(const std::shared_ptr<const ModelPackage>& package) {
  const auto texts = test::random_texts(60, 12);
  const std::vector<Mentions> whole{{}};
  std::vector<TextInput> inputs;
  for (const auto& text : texts) inputs.push_back({.text = text, .entities = whole});
  return Classifier(package).classify(inputs);
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

bool same_bits(const std::vector<Prediction>& a, const std::vector<Prediction>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return same_bits(x.sentiment, y.sentiment) && same_bits(x.topics, y.topics) &&
           std::ranges::equal(x.entities, y.entities, [](const auto& one, const auto& other) {
             return same_bits(one.probabilities, other.probabilities);
           });
  });
}

const std::vector<test::TinyShape> kShapes{
    {.entity_heads = 2},
    {.hidden = 40, .layers = 3, .heads = 5, .intermediate = 72, .dtype = DType::f16, .layer_heads = {5, 1, 3}},
    {.hidden = 21, .layers = 1, .heads = 3, .intermediate = 31, .pooling = "cls"},
};

TEST_CASE("A file quantised beforehand gives the scores of one quantised at load, to the bit") {
  for (const auto& shape : kShapes) {
    TinyModel model(shape, 4);
    auto& key = model.tensors.at(kKey);
    std::fill_n(key.values.begin(), key.shape[1], 0.0F);  // an output that no input reaches
    auto& words = model.tensors.at(kWords);
    std::fill_n(words.values.end() - static_cast<std::ptrdiff_t>(words.shape[1]), words.shape[1], 0.0F);
    const auto file = quantised(model);
    CHECK(file.size() < model.safetensors().size());
    const auto stored = load(model, file, Precision::int8), at_load = model.load({.precision = Precision::int8});
    CHECK(same_bits(classify(stored), classify(at_load)));
    CHECK(stored->version() != at_load->version());
    CHECK(file == quantised(model));
  }
}

TEST_CASE("Only the word table and the layers' matrices become 8-bit integers; parameters are counted as before") {
  const TinyModel model({.layers = 1, .dtype = DType::f16});
  const auto file = quantised(model);
  const auto parsed = parse(file);
  std::size_t integers = 0;
  for (const auto& [name, tensor] : parsed.tensors()) {
    const bool layer = name.starts_with("encoder.") && name.ends_with(".weight") && tensor.shape.size() == 2;
    const bool matrix = layer || name == kWords;
    CHECK(tensor.dtype == (matrix ? DType::i8 : name.ends_with(".scale") ? DType::f32 : DType::f16));
    if (matrix) integers += elements(tensor.shape);
    CHECK(is_scale(parsed, name) == name.ends_with(".scale"));
    const std::size_t at = static_cast<std::size_t>(reinterpret_cast<const char*>(tensor.bytes.data()) - file.data());
    CHECK(at % size_of(tensor.dtype) == 0);
  }
  const auto package = load(model, file, Precision::int8);
  CHECK(package->parameters() == model.load()->parameters());
  CHECK(package->parameters_by_type().at(DType::i8) == integers);
  CHECK(package->parameters_by_type().at(DType::f16) == package->parameters() - integers);
  CHECK(package->parameters_by_type().size() == 2);
}

TEST_CASE("In fp32 a quantised file computes with the floats that its integers stand for, under a version of its own") {
  const TinyModel model({.entity_heads = 2}, 6);
  const auto file = quantised(model);
  auto floats = model;
  const auto parsed = parse(file);
  auto names = layer_matrices(parse_model_config(model.config_json(), "tiny").encoder);
  names.push_back(kWords);
  for (const auto& name : names) {
    auto& values = floats.tensors.at(name).values;
    const auto& scales = *parsed.find(name + ".scale");
    std::vector<float> scale(elements(scales.shape));
    copy_floats(scales, scale);
    const auto* integers = reinterpret_cast<const std::int8_t*>(parsed.find(name)->bytes.data());
    const std::size_t inputs = values.size() / scale.size();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = scale[i / inputs] * static_cast<float>(integers[i]);
  }
  const auto package = load(model, file, Precision::fp32);
  CHECK(same_bits(classify(package), classify(floats.load())));
  CHECK_FALSE(same_bits(classify(package), classify(model.load())));
  CHECK(package->version() + "+int8" == load(model, file, Precision::int8)->version());
  CHECK(package->version() != model.load()->version());
}

/// The quantised file, damaged: its tensors by name.
struct Damaged {
  std::map<std::string, std::pair<DType, Shape>> types;
  std::map<std::string, std::string> bytes;
};

std::string damaged(const std::string& file, const std::function<void(Damaged&)>& damage) {
  Damaged all;
  const auto parsed = parse(file);
  for (const auto& [name, tensor] : parsed.tensors()) {
    all.types[name] = {tensor.dtype, tensor.shape};
    all.bytes[name].assign(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  }
  damage(all);
  std::vector<TensorToWrite> list;
  for (const auto& [name, bytes] : all.bytes) {
    const auto& [dtype, shape] = all.types.at(name);
    list.push_back({.name = name, .dtype = dtype, .shape = shape, .bytes = std::as_bytes(std::span(bytes))});
  }
  return write_safetensors(list);
}

void put(std::string& bytes, std::size_t index, float value) {
  std::memcpy(bytes.data() + index * sizeof value, &value, sizeof value);
}

TEST_CASE("8-bit integers that cannot be used are refused by tensor") {
  const TinyModel model;
  const auto file = quantised(model);
  const auto refused = [&](const std::string& message, const std::function<void(Damaged&)>& damage) {
    const auto bytes = damaged(file, damage);
    for (const auto precision : {Precision::fp32, Precision::int8}) {
      CHECK_THROWS_AS(load(model, bytes, precision), ModelError);
      CHECK_THROWS_WITH(load(model, bytes, precision), StartsWith("tiny/model.safetensors: ") && Contains(message));
    }
  };
  CHECK_NOTHROW(load(model, damaged(file, [](Damaged&) {}), Precision::int8));
  for (const auto& name : {kKey, kWords}) {
    const auto scale = name + ".scale";
    const auto& shape = model.tensors.at(name).shape;
    const std::size_t rows = shape[0];
    const auto no_tensor = fmt::format("{}: expected shape [{}], found no such tensor", scale, rows);
    refused(no_tensor, [&](Damaged& all) { all.bytes.erase(scale); });
    refused(fmt::format("{}: expected shape [{}], found [16]", scale, rows), [&](Damaged& all) {
      all.types[scale].second = {16};
      all.bytes[scale].resize(16 * sizeof(float));
    });
    refused(scale + ": expected dtype F32, found F16", [&](Damaged& all) {
      all.types[scale].first = DType::f16;
      all.bytes[scale].resize(rows * 2);
    });
    for (const float bad :
         {0.0F, -0.5F, 600.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      refused(scale + ": expected positive values of at most 512, found ",
              [&](Damaged& all) { put(all.bytes[scale], rows - 1, bad); });
    }
    refused(name + ": expected values from -127 to 127, found -128",
            [&](Damaged& all) { all.bytes[name].back() = static_cast<char>(-128); });
    const Shape other{1, elements(shape)};
    refused(fmt::format("{}: expected shape {}, found {}", name, to_string(shape), to_string(other)),
            [&](Damaged& all) { all.types[name].second = other; });
  }
  for (const char* name : {"embeddings.LayerNorm.weight", "heads.topic.weight", "encoder.layer.1.output.dense.bias"}) {
    refused(std::string(name) + ": expected dtype F32, F16 or BF16, found I8", [&](Damaged& all) {
      auto& [dtype, shape] = all.types[name];
      dtype = DType::i8;
      all.bytes[name].resize(elements(shape));
    });
  }
  refused("heads.topic.weight.scale: found with shape [3]", [&](Damaged& all) {
    all.types["heads.topic.weight.scale"] = {DType::f32, {3}};
    all.bytes["heads.topic.weight.scale"].resize(3 * sizeof(float));
  });
}

TEST_CASE("What cannot be quantised is refused by tensor") {
  const TinyModel model;
  const auto shape = parse_model_config(model.config_json(), "tiny").encoder;
  const auto file = quantised(model);
  CHECK_THROWS_WITH(quantise_file(parse(file), shape),
                    "encoder.layer.0.attention.self.query.weight: is in 8-bit integers already");
  for (const auto& name : {kKey, kWords}) {
    auto without = model;
    without.tensors.erase(name);
    CHECK_THROWS_WITH(quantised(without), name + ": found no such tensor");
  }
}

}  // namespace
}  // namespace tapewatch::model
