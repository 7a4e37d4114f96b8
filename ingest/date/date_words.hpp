#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// A date's text prepared for comparison: lower case, accents removed, full-width digits plain, Chinese, Japanese and
/// Korean markers turned into '-', ':' and spaces ("2024年3月5日 14時05分" → "2024-3-5 14:05 ").
std::string fold_date_text(std::string_view text);

/// 1–12 for a folded month name in one of eighteen languages, or for an unambiguous prefix of at least three letters; 0
/// otherwise ("jui" may be June or July).
unsigned month_of(std::string_view word);

/// True for the twelve abbreviations that RFC 822 allows.
bool is_rfc822_month(std::string_view word);

/// Offset from UTC of a folded zone name on a local day; "et", "ct", "mt", "pt" follow the daylight-saving rule of the
/// United States. nullopt for an unknown name.
std::optional<std::chrono::minutes> zone_offset(std::string_view word, std::chrono::local_days day);

/// am: 1, pm: 2 in a few languages; 0 for any other word.
unsigned day_half(std::string_view word);

}  // namespace tapewatch::ingest
