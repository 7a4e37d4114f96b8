#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tapewatch::model {

/// Places of a table of `buckets` weights for what a text is made of: its words and their runs of one to four letters
/// (Cavnar & Trenkle 1994), in small letters with the marks of the word's ends, hashed (Weinberger et al. 2009). Words
/// that begin with a capital have places of their own, since names say little of a text's language, unless the text is
/// in capitals. Links, cashtags, hashtags, handles and words in other alphabets are left out; at most kMostWords words
/// are read. One place for each occurrence, in the order of the text. Any bytes are accepted.
class LanguageFeatures {
 public:
  static constexpr std::size_t kMostWords = 40;

  explicit LanguageFeatures(std::size_t buckets) : buckets_(buckets) {}

  /// Into `places`; returns the number of words read.
  std::size_t read(std::string_view text, std::vector<std::uint32_t>& places) const;

 private:
  const std::size_t buckets_;
};

}  // namespace tapewatch::model
