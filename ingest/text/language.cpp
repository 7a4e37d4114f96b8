#include "ingest/text/language.hpp"

#include <cld2/public/encodings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdio>
// Uses FILE without including it.
#include <cld2/public/compact_lang_det.h>
#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::size_t kMaxBytes = 4096;  // enough words to recognise the language
constexpr std::size_t kMinWords = 4;     // with fewer words names would decide
constexpr std::size_t kSomeWords = 6;    // with fewer a rare language is more likely a name than the language
constexpr int kMinPercent = 90;          // share of the text, below it the text is mixed
// The languages a short text may be recognised as: they have much financial news and are easy to distinguish.
constexpr std::array<std::string_view, 6> kCommon = {"de", "fr", "es", "it", "pt", "nl"};

// Words of English news that do not occur in the languages above: "Telefónica Deutschland Q3 net rises 4%" is English
// though nearly all its letters are in names. One in kEnglishShare words is enough.
constexpr std::size_t kEnglishShare = 7;
constexpr std::string_view kEnglish[] = {
    "after",    "and",       "are",    "beats", "buys", "cuts",  "declares", "estimates", "falls",
    "forecast", "forecasts", "from",   "gains", "goes", "has",   "its",      "jumps",     "leave",
    "loss",     "lower",     "lowers", "names", "of",   "posts", "quarter",  "raises",    "reports",
    "revenue",  "rise",      "rises",  "says",  "sell", "sells", "shares",   "slips",     "stock",
    "stocks",   "surge",     "the",    "tops",  "will", "with",  "year"};

bool is_english(std::string_view word) {
  std::string lower;
  for (const char c : word) {
    if (notation::is_ascii_letter(c)) lower += notation::ascii_lower(c);
  }
  return std::binary_search(std::begin(kEnglish), std::end(kEnglish), lower);
}

bool is_mark(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.starts_with("www.") || word.front() == '$' ||
         word.front() == '#' || word.front() == '@';
}

/// The words of a text without links, cashtags, hashtags and handles.
struct Prose {
  std::string text;
  std::size_t words = 0;    // with a letter in them
  std::size_t english = 0;  // of these
};

bool has_letters(std::string_view word) {
  const auto size = static_cast<std::int32_t>(word.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(word.data(), at, size, c);
    if (c >= 0 && u_isalpha(c)) return true;
  }
  return false;
}

Prose prose_of(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  Prose prose;
  for (std::size_t at = 0; (at = text.find_first_not_of(kSpaces, at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kSpaces, at), text.size());
    const auto word = text.substr(at, end - at);
    at = end;
    if (is_mark(word)) continue;
    prose.text += word;
    prose.text += ' ';
    prose.words += has_letters(word) ? 1 : 0;
    prose.english += is_english(word) ? 1 : 0;
  }
  return prose;
}

/// Those of East Asia, which texts mix, in the order in which one of them names the language of all.
constexpr std::array<UScriptCode, 5> kEastAsian = {USCRIPT_HANGUL, USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_BOPOMOFO,
                                                   USCRIPT_HAN};
/// Letters of an alphabet that weigh as much as one of theirs: "Acme 破产" is Chinese.
constexpr std::size_t kEastAsianWeight = 3;

/// The script of most of the text; USCRIPT_COMMON where there is none.
UScriptCode script_of(std::string_view text) {
  std::array<std::size_t, USCRIPT_CODE_LIMIT> letters{};
  std::size_t all = 0;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    UErrorCode status = U_ZERO_ERROR;
    const auto script = c >= 0 && u_isalpha(c) ? uscript_getScript(c, &status) : USCRIPT_COMMON;
    if (script <= USCRIPT_INHERITED || script >= USCRIPT_CODE_LIMIT) continue;
    ++letters[static_cast<std::size_t>(script)];
    ++all;
  }
  std::size_t east_asian = 0;
  for (const UScriptCode script : kEastAsian) east_asian += letters[script];
  if (east_asian * kEastAsianWeight > all - east_asian) {
    return *std::ranges::find_if(kEastAsian, [&](UScriptCode script) { return letters[script] > 0; });
  }
  const auto most = std::max_element(letters.begin(), letters.end());
  return *most * 2 > all ? static_cast<UScriptCode>(most - letters.begin()) : USCRIPT_COMMON;
}

bool is_written_in(const std::string& language, UScriptCode script) {
  std::array<UScriptCode, 8> scripts{};
  UErrorCode status = U_ZERO_ERROR;
  const auto count = uscript_getCode(language.c_str(), scripts.data(), scripts.size(), &status);
  if (U_FAILURE(status) || count <= 0) return true;  // an unknown language may use any script
  return std::find(scripts.begin(), scripts.begin() + count, script) != scripts.begin() + count;
}

/// CLD2's answer; an empty tag where it has none. `sure`: CLD2 calls it reliable and finds little else.
struct Guess {
  std::string tag;
  bool sure = false;
};

Guess guess_language(const std::string& text) {
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int bytes = 0, valid_bytes = 0;
  bool reliable = false;
  const CLD2::CLDHints none{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  const auto language = CLD2::ExtDetectLanguageSummaryCheckUTF8(
      text.data(), static_cast<int>(text.size()), /*is_plain_text=*/true, &none, /*flags=*/0, languages.data(),
      percents.data(), scores.data(), /*resultchunkvector=*/nullptr, &bytes, &reliable, &valid_bytes);
  if (language == CLD2::UNKNOWN_LANGUAGE || language == CLD2::TG_UNKNOWN_LANGUAGE) return {};
  std::string tag = CLD2::LanguageCode(language);
  tag.resize(std::min(tag.find('-'), tag.size()));  // zh-Hant
  if (tag == "xx") return {};                       // a script without a language, Runic
  if (tag == "iw") tag = "he";
  return {tag, reliable && languages[0] == language && percents[0] >= kMinPercent};
}

bool is_written_in_any(std::span<const std::string> languages, UScriptCode script) {
  return script == USCRIPT_COMMON || std::any_of(languages.begin(), languages.end(),
                                                 [&](const auto& language) { return is_written_in(language, script); });
}

bool is_known(const std::string& tag, std::span<const std::string> known) {
  const auto same = [&](const std::string& other) {
    const auto norwegian = [](const std::string& t) { return t == "no" || t == "nb" || t == "nn"; };
    return tag == other || (norwegian(tag) && norwegian(other));
  };
  return std::any_of(known.begin(), known.end(), same);
}

std::string foreign_tag(const Guess& guess, std::span<const std::string> known) {
  return guess.tag.empty() || is_known(guess.tag, known) ? "und" : guess.tag;
}

}  // namespace

std::string foreign_language(std::string_view text, std::span<const std::string> known) {
  const auto prose = prose_of(notation::utf8_prefix(text, kMaxBytes));
  const auto script = script_of(prose.text);
  const auto guess = guess_language(prose.text);
  if (!is_written_in_any(known, script)) return foreign_tag(guess, known);
  if (!guess.sure || is_known(guess.tag, known)) return {};
  if (script != USCRIPT_LATIN) return guess.tag;
  if (prose.english * kEnglishShare >= prose.words) return {};
  const bool common = std::find(kCommon.begin(), kCommon.end(), guess.tag) != kCommon.end();
  return prose.words >= (common ? kMinWords : kSomeWords) ? guess.tag : std::string();
}

std::string language_in_foreign_script(std::string_view text, std::span<const std::string> known) {
  const auto prose = prose_of(notation::utf8_prefix(text, kMaxBytes));
  if (is_written_in_any(known, script_of(prose.text))) return {};
  return foreign_tag(guess_language(prose.text), known);
}

}  // namespace tapewatch::ingest
