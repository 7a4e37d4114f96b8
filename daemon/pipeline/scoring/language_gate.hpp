#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"

namespace tapewatch {

/// Refuses the languages that the model does not read: their documents are stored unscored. A language named by the
/// source is trusted unless the script is another's; without one, a text that is certainly in another language is
/// refused (model/language/, ingest/text/language.hpp).
class LanguageGate {
 public:
  /// `languages`: primary tags ("en") that pass; none: every language passes.
  explicit LanguageGate(std::vector<std::string> languages);

  /// The language for which the document is refused; "" lets it pass. `text` is what would be scored.
  std::string refused_language(const ingest::Document& document, std::string_view text) const;

 private:
  std::string foreign_language(std::string_view text) const;

  std::vector<std::string> languages_;
  std::vector<std::string> recognised_;  // the same by the recogniser's tags
};

}  // namespace tapewatch
