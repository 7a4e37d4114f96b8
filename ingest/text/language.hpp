#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// The language of a text that is certainly in none of the languages `known` (BCP-47 primary tags): its own tag, or
/// "und" if only the script shows it. "" if it is in one of them or uncertain: a headline is dropped only for good
/// reason. Links, cashtags, hashtags and handles are ignored, and only the first kilobytes are read. Expects valid
/// UTF-8. By CLD2 (n-grams and words of 83 languages; Apache 2.0), of which only reliable results count, and by script.
/// Any thread.
std::string foreign_language(std::string_view text, std::span<const std::string> known);

/// The same by the script of most letters alone: "" if one of the languages is written in it.
std::string language_in_foreign_script(std::string_view text, std::span<const std::string> known);

}  // namespace tapewatch::ingest
