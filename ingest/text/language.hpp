#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// The language of a text that is surely in none of the languages `known` (BCP-47 primary tags): its own tag, or "und"
/// where only its script tells. "" where it is in one of them or cannot be told: a headline is lost only with good
/// reason. Links, cashtags, hashtags and handles are not looked at, and no more than the first kilobytes. Expects valid
/// UTF-8. By CLD2 (n-grams and words of 83 languages; Apache 2.0), which is asked to be sure, and by script. Any
/// thread.
std::string foreign_language(std::string_view text, std::span<const std::string> known);

}  // namespace tapewatch::ingest
