#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// What a source says about a text's language.
struct StatedLanguage {
  std::string tag;          ///< BCP-47 primary tag in lower case ("en"); "" where nothing is said
  bool unreadable = false;  ///< something is said that is neither a language nor a word for "not known"
};

/// Reads what sources write: tags ("en-GB", "EN_us.UTF-8", "eng", "language:en", "i-default"), English and native names
/// ("English", "deutsch", "English (US)"), and words for "not said" ("und", "unknown", "N/A", "null", "x-default").
StatedLanguage read_language(std::string_view text);

}  // namespace tapewatch::ingest
