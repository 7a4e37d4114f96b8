#pragma once

#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// A folded date text with every month's name in English ("10 mrt 2026" → "10 march 2026"); English names stay as they
/// are. Names are CLDR's, wide and abbreviated, of seventy languages, with or without their dots, and some that
/// publishers write beside; only whole ones count. Where languages disagree ("listopad" is October in Croatian and
/// November in Polish) `language` decides, and without it the word stays.
/// Likewise the halves of the day ("4:45 p. m.", "ÖS 4:45", "晚上9:45") as " am " and " pm ", CLDR's of `language`
/// alone.
std::string with_english_words(std::string_view folded, std::string_view language);

/// Whether a folded word is the name of a day of the week in one of these languages.
bool is_weekday(std::string_view word);

}  // namespace tapewatch::ingest
