// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/date_words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

/// Years of an era count from the year after `before`.
struct Era {
  std::string_view name;
  int before;
};
constexpr std::array<Era, 7> kEras = {{{"令和", 2018},
                                       {"平成", 1988},
                                       {"昭和", 1925},
                                       {"中華民國", 1911},
                                       {"中华民国", 1911},
                                       {"民國", 1911},
                                       {"民国", 1911}}};

/// "令和8年" → "2026年", "令和元年" → "2019年".
std::string with_gregorian_years(std::string text) {
  constexpr std::string_view kFirst = "元";
  for (const Era& era : kEras) {
    const std::size_t at = text.find(era.name);
    if (at == std::string::npos) continue;
    std::size_t digits = at + era.name.size();
    while (digits < text.size() && text[digits] == ' ') ++digits;
    std::size_t end = digits;
    int year = 0;
    if (text.compare(digits, kFirst.size(), kFirst) == 0) {
      year = 1;
      end += kFirst.size();
    }
    while (end < text.size() && end - digits < 3 && notation::is_digit(text[end])) {
      year = 10 * year + (text[end++] - '0');
    }
    if (year > 0) return text.replace(at, end - at, std::to_string(era.before + year));
  }
  return text;
}

bool is_space(char32_t c) { return c == ' ' || c == 0x3000 || c == 0xA0; }

/// The replacement for a Chinese, Japanese or Korean marker; 0 when `c` is none. Minutes and seconds are decided later.
char marker(char32_t c) {
  switch (c) {
    case U'年':
    case U'月':
    case U'년':
    case U'월':
      return '-';
    case U'時':
    case U'时':
    case U'点':
    case U'시':
      return ':';
    case U'分':
    case U'분':
      return 'm';
    case U'日':
    case U'号':
    case U'秒':
    case U'일':
    case U'초':
      return ' ';
    default:
      return 0;
  }
}

std::string replace_markers(std::string_view utf8) {
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto c = static_cast<char32_t>(text.char32At(i));
    char stands_for = marker(c);
    if (stands_for == 0) {
      out.append(static_cast<UChar32>(c));
      continue;
    }
    std::int32_t next = i + 1;
    while (next < text.length() && is_space(static_cast<char32_t>(text.char32At(next)))) ++next;
    const bool digit_follows = next < text.length() && u_isdigit(text.char32At(next));
    if (stands_for == 'm') stands_for = digit_follows ? ':' : ' ';
    if (stands_for == ':' && !digit_follows) {  // "14時": an hour alone
      out.append(u":00 ");
      continue;
    }
    out.append(static_cast<UChar32>(stands_for));
    if (stands_for != ' ' && digit_follows) i = next - 1;
  }
  std::string marked;
  return out.toUTF8String(marked);
}

/// Accents of the scripts whose names are also written without; vowel signs of others are letters.
bool is_accent(UChar32 c) {
  const bool latin = c >= 0x0300 && c <= 0x036F, arabic = (c >= 0x064B && c <= 0x065F) || c == 0x0670,
             hebrew = c >= 0x0591 && c <= 0x05C7;
  return latin || arabic || hebrew;
}

/// The plain form of one character; 0: none is left.
UChar32 plain(UChar32 c) {
  if (c < 0x80) return c;
  if (const std::int32_t digit = u_charDigitValue(c); digit >= 0) return U'0' + digit;
  if (is_accent(c) || u_charType(c) == U_FORMAT_CHAR) return 0;
  if (c == 0x0643) return 0x06A9;                 // Arabic and Persian keyboards have a kaf and
  if (c == 0x0649 || c == 0x064A) return 0x06CC;  // a yeh of their own
  if (u_hasBinaryProperty(c, UCHAR_DASH) != 0) return '-';
  if (c == 0x060C || c == 0x3001 || c == 0xFF0C) return ',';
  return u_ispunct(c) || u_isUWhiteSpace(c) ? ' ' : c;
}

}  // namespace

std::string fold_date_text(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return notation::ascii_lower(text);
  UErrorCode status = U_ZERO_ERROR;
  const auto* decompose = icu::Normalizer2::getNFKDInstance(status);
  const auto* compose = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) return {};
  auto folded = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  folded = decompose->normalize(folded.foldCase(), status);
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    if (const UChar32 c = plain(folded.char32At(i))) bare.append(c);
  }
  bare = compose->normalize(bare, status);  // Hangul was decomposed as well
  if (U_FAILURE(status)) return {};
  std::string utf8;
  return replace_markers(with_gregorian_years(bare.toUTF8String(utf8)));
}

unsigned month_of(std::string_view word) {
  constexpr std::size_t kShort = 3;
  if (word == "sept") return 9;
  for (unsigned month = 0; month < kMonths.size(); ++month) {
    if (word == kMonths[month] || word == kMonths[month].substr(0, kShort)) return month + 1;
  }
  return 0;
}

bool is_rfc822_month(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kShort = {"jan", "feb", "mar", "apr", "may", "jun",
                                                              "jul", "aug", "sep", "oct", "nov", "dec"};
  return std::find(kShort.begin(), kShort.end(), word) != kShort.end();
}

unsigned day_half(std::string_view word) {
  static constexpr std::string_view kMorning[] = {"am",   "上午", "凌晨", "清晨",  "早上",
                                                  "午前", "오전", "ص",    "صباحا", "सुबह"};
  static constexpr std::string_view kEvening[] = {"pm", "下午", "傍晚", "晚上", "午後", "오후", "م", "مساء", "शाम"};
  const auto is_one_of = [word](const auto& words) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
  };
  return is_one_of(kMorning) ? 1 : is_one_of(kEvening) ? 2 : 0;
}

}  // namespace tapewatch::ingest
