#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/language/language_features.hpp"

namespace tapewatch::model {

/// Tells the language of a short text in Latin letters, a headline of three words even: a linear model over runs of
/// letters. Const, shared by threads. Its sums are of integers: every machine gives the same answers.
class LanguageRecogniser {
 public:
  /// A safetensors file: `weight` [languages, buckets] I8, `weight.scale` and `bias` [languages] F32, and the
  /// languages' tags in the metadata, `languages`, with commas between. Throws ModelError that begins with `origin`.
  /// The bytes are copied.
  static LanguageRecogniser parse(std::span<const std::byte> file, std::string_view origin);
  /// The shipped one.
  static const LanguageRecogniser& builtin();

  /// The language in which a text is, if it is one of none of `known`: its tag, where it leads the best of these by
  /// more than `margin` (natural logarithm of odds); else "". "" too if the model has none of `known`, or the text no
  /// word.
  std::string_view foreign(std::string_view text, std::span<const std::string> known, float margin) const;

  const std::vector<std::string>& languages() const { return languages_; }

 private:
  explicit LanguageRecogniser(std::size_t buckets) : features_(buckets) {}

  LanguageFeatures features_;
  std::vector<std::string> languages_;
  std::vector<std::int8_t> weights_;  // [buckets, languages]
  std::vector<float> scales_, biases_;
};

}  // namespace tapewatch::model
