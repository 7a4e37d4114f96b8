#include "daemon/pipeline/scoring/language_gate.hpp"

#include <algorithm>

#include "ingest/text/language.hpp"

namespace tapewatch {

std::string LanguageGate::refused_language(const ingest::Document& document, std::string_view text) const {
  if (languages_.empty()) return {};
  if (document.language.empty()) return ingest::foreign_language(text, languages_);
  const bool known = std::find(languages_.begin(), languages_.end(), document.language) != languages_.end();
  // A feed's `en` is often that of its template.
  return known ? ingest::language_in_foreign_script(text, languages_) : document.language;
}

}  // namespace tapewatch
