// Tested by tests/train/language/language_training_test.cpp
#include "model/train/language/language_training.hpp"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "config/notation/utf8.hpp"
#include "model/language/language_recogniser.hpp"
#include "model/package/model_error.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model::train {
namespace {

/// The text in capitals, or with a capital at the beginning of each word.
std::string cased(std::string_view text, bool all) {
  std::string out;
  bool begins = true;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    const auto c = static_cast<UChar32>(point.value);
    notation::append_utf8(out, static_cast<char32_t>(all || begins ? u_toupper(c) : c));
    begins = !u_isalpha(c) && c != '\'' && c != 0x2019;
    at += point.length;
  }
  return out;
}

/// A number from 0 to 1, the same everywhere.
double fraction(std::mt19937_64& random) { return static_cast<double>(random() >> 11U) * 0x1p-53; }

class Trainer {
 public:
  Trainer(std::span<const LanguageRow> rows, const LanguageTrainingOptions& options)
      : rows_(rows), options_(options), features_(options.buckets), random_(options.seed) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool held = ++seen[rows[i].language] % std::max<std::size_t>(options.held_out, 2) == 0;
      (held ? held_ : taught_).push_back(i);
    }
    for (const auto& [language, count] : seen) languages_.push_back(language);
    if (seen.size() < 2 || !seen.contains(options.common)) {
      throw ModelError(fmt::format("expected rows of {} and of other languages, found those of {} languages",
                                   options.common, seen.size()));
    }
    const auto common = static_cast<double>(seen[options.common]), others = static_cast<double>(rows.size()) - common;
    common_weight_ = others / common;
    weights_.resize(options.buckets * languages_.size());
    squares_.resize(weights_.size(), 1e-2F);
    biases_.resize(languages_.size());
    bias_squares_.resize(languages_.size(), 1e-2F);
  }

  /// Returns the mean loss.
  double epoch() {
    for (std::size_t i = taught_.size(); i > 1; --i) std::swap(taught_[i - 1], taught_[random_() % i]);
    double loss = 0;
    for (const auto row : taught_) loss += learn(rows_[row]);
    return loss / static_cast<double>(taught_.size());
  }

  TrainedLanguages finished() const {
    TrainedLanguages trained{.file = file(), .errors = {}};
    const auto model = LanguageRecogniser::parse(std::as_bytes(std::span(trained.file)), "trained");
    for (const float margin : {-2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 8.0F}) {
      trained.errors.push_back(errors(model, margin));
    }
    return trained;
  }

 private:
  double learn(const LanguageRow& row) {
    const double dice = fraction(random_);
    const bool changed = dice < options_.cased_share;
    features_.read(changed ? cased(row.text, dice < options_.cased_share / 2) : row.text, places_);
    if (places_.empty()) return 0;
    const std::size_t count = languages_.size();
    const auto truth = static_cast<std::size_t>(std::ranges::find(languages_, row.language) - languages_.begin());
    scores_.assign(biases_.begin(), biases_.end());
    for (const auto place : places_) {
      const float* weight = weights_.data() + place * count;
      for (std::size_t i = 0; i < count; ++i) scores_[i] += weight[i];
    }
    const float top = *std::ranges::max_element(scores_);
    float sum = 0;
    for (auto& score : scores_) sum += score = std::exp(score - top);
    const double loss = -std::log(std::max(scores_[truth] / sum, 1e-12F));
    const auto row_weight = static_cast<float>(row.language == options_.common ? common_weight_ : 1.0);
    for (std::size_t i = 0; i < count; ++i) {
      scores_[i] = row_weight * (scores_[i] / sum - (i == truth ? 1.0F : 0.0F));
    }
    step(biases_.data(), bias_squares_.data(), 0);
    for (const auto place : places_) {
      step(weights_.data() + place * count, squares_.data() + place * count, static_cast<float>(options_.decay));
    }
    return loss * row_weight;
  }

  /// One of AdaGrad's with the gradients in scores_.
  void step(float* weights, float* squares, float decay) {
    const auto rate = static_cast<float>(options_.rate);
    for (std::size_t i = 0; i < languages_.size(); ++i) {
      const float gradient = scores_[i] + decay * weights[i];
      squares[i] += gradient * gradient;
      weights[i] -= rate * gradient / std::sqrt(squares[i]);
    }
  }

  std::string file() const {
    const std::size_t count = languages_.size(), buckets = options_.buckets;
    std::vector<std::int8_t> rounded(weights_.size());
    std::vector<float> scales(count);
    for (std::size_t i = 0; i < count; ++i) {
      float largest = 1e-6F;
      for (std::size_t b = 0; b < buckets; ++b) largest = std::max(largest, std::abs(weights_[b * count + i]));
      scales[i] = largest / 127;
      for (std::size_t b = 0; b < buckets; ++b) {
        rounded[i * buckets + b] = static_cast<std::int8_t>(std::lround(weights_[b * count + i] / scales[i]));
      }
    }
    const std::vector<TensorToWrite> tensors{
        {.name = "weight.scale", .dtype = DType::f32, .shape = {count}, .values = scales},
        {.name = "bias", .dtype = DType::f32, .shape = {count}, .values = biases_},
        {.name = "weight", .dtype = DType::i8, .shape = {count, buckets}, .bytes = std::as_bytes(std::span(rounded))}};
    return write_safetensors(tensors, {{"languages", fmt::format("{}", fmt::join(languages_, ","))}});
  }

  LanguageErrors errors(const LanguageRecogniser& model, float margin) const {
    const std::vector<std::string> known{options_.common};
    std::size_t commons = 0, refused = 0, passed = 0;
    for (const auto held : held_) {
      const auto& row = rows_[held];
      const bool foreign = !model.foreign(row.text, known, margin).empty();
      const bool is_common = row.language == options_.common;
      commons += is_common ? 1 : 0;
      refused += is_common && foreign ? 1 : 0;
      passed += !is_common && !foreign ? 1 : 0;
    }
    const auto share = [](std::size_t part, std::size_t all) {
      return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
    };
    return {.margin = margin, .refused = share(refused, commons), .passed = share(passed, held_.size() - commons)};
  }

  std::span<const LanguageRow> rows_;
  const LanguageTrainingOptions& options_;
  const LanguageFeatures features_;
  std::mt19937_64 random_;
  std::vector<std::size_t> taught_, held_;  // rows
  std::vector<std::string> languages_;
  double common_weight_ = 1;
  std::vector<float> weights_, squares_;  // [buckets, languages]; squares: AdaGrad's sums
  std::vector<float> biases_, bias_squares_;
  std::vector<float> scores_;  // of the row in hand, then its gradients
  std::vector<std::uint32_t> places_;
};

}  // namespace

TrainedLanguages train_languages(std::span<const LanguageRow> rows, const LanguageTrainingOptions& options,
                                 const std::function<void(const std::string&)>& progress) {
  Trainer trainer(rows, options);
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    progress(fmt::format("epoch {} of {}: loss {:.4f}", epoch, options.epochs, trainer.epoch()));
  }
  return trainer.finished();
}

}  // namespace tapewatch::model::train
