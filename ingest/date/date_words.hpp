#pragma once

#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// A date's text prepared for comparison: lower case, accents of Latin, Greek and Cyrillic removed, digits of every
/// script plain, dashes and minus signs '-', other punctuation outside ASCII blanks, format characters gone. Years of
/// East Asian eras become the Gregorian ones ("令和8年" → "2026年", "民國115年"), and Chinese, Japanese and Korean
/// markers
/// '-', ':' and spaces ("2024年3月5日 14時05分" → "2024-3-5 14:05 ").
std::string fold_date_text(std::string_view text);

/// 1–12 for an English month's name or abbreviation, folded; 0 otherwise. Other languages: with_english_words().
unsigned month_of(std::string_view word);

/// True for the twelve abbreviations that RFC 822 allows.
bool is_rfc822_month(std::string_view word);

/// am: 1, pm: 2, also in Arabic, Chinese, Hindi, Japanese and Korean; 0 for any other word.
unsigned day_half(std::string_view word);

}  // namespace tapewatch::ingest
