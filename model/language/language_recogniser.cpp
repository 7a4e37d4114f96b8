#include "model/language/language_recogniser.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/package/model_error.hpp"
#include "model/package/safetensors.hpp"

// The file embedded in the binary (model/weights/CMakeLists.txt).
extern "C" {
extern const unsigned char tapewatch_builtin_language_begin[], tapewatch_builtin_language_end[];
}

namespace tapewatch::model {
namespace {

const TensorView& tensor(const Safetensors& file, std::string_view name, DType dtype, std::size_t dimensions) {
  const auto* found = file.find(name);
  if (found == nullptr || found->dtype != dtype || found->shape.size() != dimensions) {
    throw ModelError(fmt::format("{}: expected {} of {} dimensions, found {}", name, to_string(dtype), dimensions,
                                 found == nullptr ? "no such tensor" : to_string(found->shape)));
  }
  return *found;
}

std::vector<float> floats(const Safetensors& file, std::string_view name, std::size_t count) {
  const auto& view = tensor(file, name, DType::f32, 1);
  if (view.shape[0] != count) {
    throw ModelError(fmt::format("{}: expected {} values, found {}", name, count, view.shape[0]));
  }
  std::vector<float> values(count);
  copy_floats(view, values);
  return values;
}

std::vector<std::string> split_tags(std::string_view tags) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < tags.size();) {
    const auto end = std::min(tags.find(',', at), tags.size());
    list.emplace_back(tags.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

}  // namespace

LanguageRecogniser LanguageRecogniser::parse(std::span<const std::byte> bytes, std::string_view origin) try {
  const auto file = Safetensors::parse(bytes, "weights");
  const auto& weight = tensor(file, "weight", DType::i8, 2);
  const std::size_t languages = weight.shape[0], buckets = weight.shape[1];
  if (languages == 0 || buckets == 0) throw ModelError("weight: expected languages and buckets, found none");
  LanguageRecogniser model(buckets);
  const auto tags = file.metadata().find("languages");
  if (tags != file.metadata().end()) model.languages_ = split_tags(tags->second);
  if (model.languages_.size() != languages) {
    throw ModelError(fmt::format("languages: expected {} tags, found {}", languages, model.languages_.size()));
  }
  model.scales_ = floats(file, "weight.scale", languages);
  model.biases_ = floats(file, "bias", languages);
  model.weights_.resize(languages * buckets);
  const auto* values = reinterpret_cast<const std::int8_t*>(weight.bytes.data());
  for (std::size_t language = 0; language < languages; ++language) {
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      model.weights_[bucket * languages + language] = values[language * buckets + bucket];
    }
  }
  return model;
} catch (const ModelError& error) {
  throw ModelError(fmt::format("{}: {}", origin, error.what()));
}

const LanguageRecogniser& LanguageRecogniser::builtin() {
  static const LanguageRecogniser model =
      parse(std::as_bytes(std::span(tapewatch_builtin_language_begin, tapewatch_builtin_language_end)), "builtin");
  return model;
}

std::string_view LanguageRecogniser::foreign(std::string_view text, std::span<const std::string> known,
                                             float margin) const {
  std::vector<std::uint32_t> places;
  if (features_.read(text, places) == 0) return {};
  std::vector<std::int32_t> sums(languages_.size());
  for (const auto place : places) {
    const auto* row = weights_.data() + std::size_t{place} * sums.size();
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += row[i];
  }
  const std::string* best = nullptr;
  float foreign = 0, ours = 0;
  bool knows = false;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const float score = scales_[i] * static_cast<float>(sums[i]) + biases_[i];
    if (std::ranges::find(known, languages_[i]) != known.end()) {
      ours = knows ? std::max(ours, score) : score;
      knows = true;
    } else if (best == nullptr || score > foreign) {
      foreign = score;
      best = &languages_[i];
    }
  }
  return knows && best != nullptr && foreign - ours > margin ? std::string_view(*best) : std::string_view();
}

}  // namespace tapewatch::model
