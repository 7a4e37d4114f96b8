#include "ingest/text/language_tag.hpp"

#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <map>

#include "config/notation/ascii.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

/// What publishers write where they do not know: RFC 5646's und, mul, zxx and mis, XML's x-default, and words.
constexpr std::array<std::string_view, 27> kNotSaid = {"und",
                                                       "mul",
                                                       "zxx",
                                                       "mis",
                                                       "x",
                                                       "xx",
                                                       "xxx",
                                                       "-",
                                                       "--",
                                                       "?",
                                                       "c",
                                                       "posix",
                                                       "root",
                                                       "n/a",
                                                       "n.a.",
                                                       "#n/a",
                                                       "nil",
                                                       "none",
                                                       "null",
                                                       "nan",
                                                       "unknown",
                                                       "undefined",
                                                       "undetermined",
                                                       "unspecified",
                                                       "not specified",
                                                       "other",
                                                       "default"};

std::string folded(const icu::UnicodeString& name) {
  std::string text;
  icu::UnicodeString lower(name);
  lower.foldCase().toUTF8String(text);
  return text;
}

/// Folded names of every language that ICU knows, in English and in the language itself. Where two share a name the
/// shorter tag has it.
std::map<std::string, std::string, std::less<>> language_names() {
  std::map<std::string, std::string, std::less<>> names;
  const auto add = [&](const char* tag, const char* in) {
    std::array<UChar, 128> name{};
    UErrorCode status = U_ZERO_ERROR;
    const auto length = uloc_getDisplayLanguage(tag, in, name.data(), static_cast<std::int32_t>(name.size()), &status);
    if (U_FAILURE(status) || length <= 0) return;
    const auto [at, fresh] = names.emplace(folded(icu::UnicodeString(name.data(), length)), tag);
    if (!fresh && std::string_view(tag).size() < at->second.size()) at->second = tag;
  };
  for (const char* const* tag = uloc_getISOLanguages(); *tag != nullptr; ++tag) {
    add(*tag, "en");
    add(*tag, *tag);
  }
  names.emplace("mandarin", "zh");
  names.emplace("castilian", "es");
  names.emplace("farsi", "fa");
  return names;
}

std::string language_of_name(std::string_view name) {
  static const auto kNames = language_names();
  const auto known = kNames.find(folded(icu::UnicodeString::fromUTF8({name.data(), static_cast<int>(name.size())})));
  return known == kNames.end() ? std::string() : known->second;
}

bool is_known_tag(const std::string& tag) {
  if (tag.size() == 2) {
    const char* const* all = uloc_getISOLanguages();
    for (; *all != nullptr; ++all) {
      if (tag == *all) return true;
    }
    return false;
  }
  return tag.size() == 3 && uloc_getISO3Language(tag.c_str())[0] != '\0';
}

/// The primary tag of a locale or language tag, a code of three letters as its code of two; "" for anything else.
std::string primary_tag(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of("-_"));
  const bool letters = std::all_of(first.begin(), first.end(), [](char c) { return notation::is_ascii_letter(c); });
  if (!letters || first.size() < 2 || first.size() > 3) return {};
  std::array<char, ULOC_LANG_CAPACITY> language{};
  UErrorCode status = U_ZERO_ERROR;
  const std::string tag = notation::ascii_lower(first);
  const auto length =
      uloc_getLanguage(tag.c_str(), language.data(), static_cast<std::int32_t>(language.size()), &status);
  if (U_FAILURE(status) || length <= 0) return {};
  const std::string primary(language.data(), static_cast<std::size_t>(length));
  // ISO 639-2/B, which libraries still write; ICU knows the other set.
  static constexpr std::pair<std::string_view, std::string_view> kBibliographic[] = {
      {"alb", "sq"}, {"arm", "hy"}, {"baq", "eu"}, {"bur", "my"}, {"chi", "zh"}, {"cze", "cs"},
      {"dut", "nl"}, {"fre", "fr"}, {"geo", "ka"}, {"ger", "de"}, {"gre", "el"}, {"ice", "is"},
      {"mac", "mk"}, {"may", "ms"}, {"per", "fa"}, {"rum", "ro"}, {"slo", "sk"}, {"wel", "cy"}};
  for (const auto& [bibliographic, two] : kBibliographic) {
    if (primary == bibliographic) return std::string(two);
  }
  return is_known_tag(primary) ? primary : std::string();
}

/// Without what stands before and after a tag: the scheme of a qcode or address, an encoding, a modifier.
std::string_view bare(std::string_view text) {
  if (const auto scheme = text.find_last_of(":/"); scheme != std::string_view::npos) text.remove_prefix(scheme + 1);
  text = text.substr(0, text.find_first_of(".@;,"));
  return notation::stripped(text);
}

}  // namespace

StatedLanguage read_language(std::string_view text) {
  const std::string line = single_line(text);
  const std::string lower = notation::ascii_lower(line);
  const auto not_said = [](std::string_view word) {
    return word.empty() || std::find(kNotSaid.begin(), kNotSaid.end(), word) != kNotSaid.end();
  };
  if (not_said(lower)) return {};
  const std::string_view tag = bare(lower);
  const std::string_view first = tag.substr(0, tag.find_first_of("-_"));
  if (not_said(tag) || not_said(first) || tag == "i-default") return {};
  if (std::string primary = primary_tag(tag); !primary.empty()) return {std::move(primary)};
  for (const std::string_view name :
       {std::string_view(line), std::string_view(line).substr(0, line.find_first_of("(,-"))}) {
    if (std::string named = language_of_name(notation::stripped(name)); !named.empty()) return {std::move(named)};
  }
  return {{}, true};
}

}  // namespace tapewatch::ingest
