#pragma once

namespace tapewatch::ingest {

/// Finds the format characters of a text that mean nothing to its words: soft hyphens, zero-width spaces and joiners,
/// direction marks, byte order marks (UAX #29, WB4: they do not break words). Joiners stay where they have a meaning:
/// in the scripts that need them (Arabic, the Indic ones, …) and in emoji. Visible ones (Arabic number signs) stay. One
/// filter a text.
class FormatFilter {
 public:
  /// Whether `c`, the next code point of the text, is left out.
  bool drops(char32_t c);

 private:
  bool needs_joiners_ = false;  // the script of the last letter
  bool pictograph_ = false;     // the last character
};

}  // namespace tapewatch::ingest
