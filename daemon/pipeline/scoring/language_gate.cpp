#include "daemon/pipeline/scoring/language_gate.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/text/language.hpp"
#include "model/language/language_recogniser.hpp"
#include "model/text/lookalikes.hpp"

namespace tapewatch {
namespace {

// Natural logarithms of odds by which another language must lead for a text to be refused: by the recogniser alone, and
// where CLD2 is sure of one. An English text that is lost costs more than a foreign one that is scored
// (model/weights/README.md).
constexpr float kSurelyForeign = 3.0F;
constexpr float kPerhapsForeign = 0.0F;

/// Tags that the recogniser knows under another's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSameLanguage = {
    {{"nb", "no"}, {"nn", "no"}, {"sr", "hr"}, {"bs", "hr"}, {"ms", "id"}, {"fil", "tl"}, {"mo", "ro"}}};

std::string_view common_tag(std::string_view tag) {
  const auto* const same = std::ranges::find(kSameLanguage, tag, &std::pair<std::string_view, std::string_view>::first);
  return same == kSameLanguage.end() ? tag : same->second;
}

}  // namespace

LanguageGate::LanguageGate(std::vector<std::string> languages) : languages_(std::move(languages)) {
  for (const auto& language : languages_) recognised_.emplace_back(common_tag(language));
}

std::string LanguageGate::refused_language(const ingest::Document& document, std::string_view text) const {
  if (languages_.empty()) return {};
  const bool known = std::ranges::find(recognised_, common_tag(document.language)) != recognised_.end();
  if (!document.language.empty() && !known) return document.language;
  const auto plain = model::plain_text(text);  // as the model reads it
  if (plain) text = plain->text;
  // A feed's `en` is often that of its template.
  auto by_script = ingest::language_in_foreign_script(text, languages_);
  return known || !by_script.empty() ? by_script : foreign_language(text);
}

/// Short texts are told by runs of letters, longer ones by CLD2 too, which takes names for languages.
std::string LanguageGate::foreign_language(std::string_view text) const {
  const auto& recogniser = model::LanguageRecogniser::builtin();
  if (const auto tag = recogniser.foreign(text, recognised_, kSurelyForeign); !tag.empty()) return std::string(tag);
  auto tag = ingest::foreign_language(text, languages_);
  if (tag.empty() || std::ranges::find(recognised_, common_tag(tag)) != recognised_.end()) return {};
  const bool has_known = std::ranges::any_of(recognised_, [&](const auto& ours) {
    return std::ranges::find(recogniser.languages(), ours) != recogniser.languages().end();
  });
  return has_known && recogniser.foreign(text, recognised_, kPerhapsForeign).empty() ? std::string() : tag;
}

}  // namespace tapewatch
