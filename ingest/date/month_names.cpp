// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/month_names.hpp"

#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/date/date_words.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::array<std::string_view, 12> kEnglish = {"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};

constexpr std::string_view kLocales[] = {
    "en",  "de", "de_AT", "fr",    "fr_CA", "es",    "es_MX", "it", "pt", "nl", "sv", "da",      "nb",
    "nn",  "fi", "is",    "pl",    "cs",    "sk",    "hu",    "ro", "bg", "hr", "sr", "sr_Latn", "bs",
    "sl",  "mk", "sq",    "uk",    "ru",    "be",    "lt",    "lv", "et", "el", "tr", "az",      "ka",
    "hy",  "he", "ar",    "ar_LB", "ar_DZ", "ar_MA", "fa",    "ur", "hi", "bn", "mr", "ta",      "te",
    "kn",  "ml", "gu",    "pa",    "si",    "ne",    "th",    "lo", "km", "my", "vi", "id",      "ms",
    "fil", "sw", "af",    "ca",    "eu",    "gl",    "cy",    "ga", "mt", "kk", "uz", "mn"};

struct Name {
  std::string_view month;  ///< what publishers write beside CLDR's
  unsigned number;
  std::string_view language;
};

constexpr Name kOthers[] = {
    {"sept", 9, "en"},     {"maerz", 3, "de"},  {"mrz", 3, "de"},    {"jaenner", 1, "de"}, {"setiembre", 9, "es"},
    {"pebruari", 2, "id"}, {"peb", 2, "id"},    {"agt", 8, "id"},    {"ags", 8, "id"},     {"nopember", 11, "id"},
    {"nop", 11, "id"},     {"अक्टूबर", 10, "hi"}, {"सितम्बर", 9, "hi"}, {"नवम्बर", 11, "hi"},  {"दिसम्बर", 12, "hi"},
    {"сен", 9, "ru"},      {"ноя", 11, "ru"},   {"čec", 7, "cs"},    {"čen", 6, "cs"},     {"aoû", 8, "fr"},
    {"set", 9, "es"},      {"noi", 11, "ro"},   {"ago", 8, "fil"},   {"ago", 8, "sw"},     {"kor", 7, "sq"},
    {"gsh", 8, "sq"},      {"xuñ", 6, "gl"},    {"aws", 8, "cy"},    {"med", 9, "cy"},     {"rha", 12, "cy"},
    {"יול", 7, "he"},      {"יונ", 6, "he"},    {"փտր", 2, "hy"},    {"մար", 3, "hy"},     {"մայ", 5, "hy"},
    {"նմբ", 11, "hy"},     {"ينا", 1, "ar"},    {"فبر", 2, "ar"},    {"مار", 3, "ar"},     {"أبر", 4, "ar"},
    {"يون", 6, "ar"},      {"يول", 7, "ar"},    {"أغس", 8, "ar"},    {"سبت", 9, "ar"},     {"أكت", 10, "ar"},
    {"نوف", 11, "ar"},     {"ديس", 12, "ar"}};

struct Meaning {
  std::string language;
  unsigned month;
};

bool is_month_letter(char c) { return notation::is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80; }

std::string folded(const icu::UnicodeString& name) {
  std::string text;
  name.toUTF8String(text);
  return fold_date_text(text);
}

/// The names of all languages, built once.
class Names {
 public:
  Names() {
    for (const std::string_view locale : kLocales) add_locale(std::string(locale));
    for (const Name& other : kOthers) add(fold_date_text(other.month), std::string(other.language), other.number);
    for (auto& [first, names] : by_first_) {
      std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    }
  }

  /// The longest name at the beginning of `text` that ends there as a word, and its month in `language`; month 0 for
  /// none.
  std::pair<std::size_t, unsigned> find(std::string_view text, std::string_view language) const {
    const auto candidates = by_first_.find(text.substr(0, 2));
    if (candidates == by_first_.end()) return {0, 0};
    for (const std::string& name : candidates->second) {
      if (!text.starts_with(name)) continue;
      if (continues(name, text.substr(name.size(), 2))) continue;
      if (const unsigned month = meaning(name, language)) return {name.size(), month};
    }
    return {0, 0};
  }

  bool is_weekday(std::string_view word) const { return weekdays_.contains(word); }

  /// " am " or " pm " for each whole name of a half of the day in `language`.
  std::string with_english_halves(std::string text, std::string_view language) const {
    const auto found = halves_.find(language);
    if (found != halves_.end()) {
      for (const auto& [name, english] : found->second) replace_word(text, name, english);
    }
    for (const auto& [name, english] : kSpacedHalves) replace_word(text, name, english);
    return text;
  }

 private:
  /// "thg 1" goes on with a digit, names of letters with a letter, also behind a hyphen.
  static bool continues(std::string_view name, std::string_view next) {
    if (next.empty()) return false;
    if (notation::is_digit(name.back())) return notation::is_digit(next.front());
    if (next.front() == '-') return next.size() > 1 && is_month_letter(next[1]);
    return name.back() != '.' && is_month_letter(next.front());
  }

  void add_locale(const std::string& locale) {
    using Symbols = icu::DateFormatSymbols;
    UErrorCode status = U_ZERO_ERROR;
    const Symbols symbols(icu::Locale((locale + "@calendar=gregorian").c_str()), status);
    if (U_FAILURE(status)) return;
    const std::string language = locale.substr(0, locale.find('_'));
    for (const auto context : {Symbols::FORMAT, Symbols::STANDALONE}) {
      for (const auto width : {Symbols::WIDE, Symbols::ABBREVIATED}) {
        std::int32_t count = 0;
        const icu::UnicodeString* names = symbols.getMonths(count, context, width);
        for (std::int32_t i = 0; i < std::min(count, 12); ++i) {
          const auto month = static_cast<unsigned>(i) + 1;
          add(folded(names[i]), language, month);
          if (language == "he") add("ב" + folded(names[i]), language, month);  // "in October"
        }
        names = symbols.getWeekdays(count, context, width);
        for (std::int32_t i = 0; i < count; ++i) add_weekday(folded(names[i]));
      }
    }
    std::int32_t count = 0;
    const icu::UnicodeString* halves = symbols.getAmPmStrings(count);
    for (std::int32_t i = 0; i < std::min(count, 2); ++i) {
      const std::string name = folded(halves[i]);
      const std::string_view english = i == 0 ? " am " : " pm ";
      const bool known = day_half(name) != 0 || name == "a.m." || name == "p.m.";
      if (known || name.size() < 2) continue;
      halves_[language].emplace_back(name, english);
      std::string bare = name;
      if (std::erase(bare, '.') > 0) halves_[language].emplace_back(bare, english);  // "μμ" beside "μ.μ."
    }
  }

  /// Spanish and others with a blank inside: left alone, "p" would be lost and 4:45 p. m. become the morning's.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kSpacedHalves = {
      {{"a. m.", " am "}, {"p. m.", " pm "}}};

  static void replace_word(std::string& text, std::string_view name, std::string_view english) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + english.size())) {
      const std::size_t end = at + name.size();
      const bool whole =
          (at == 0 || !is_month_letter(text[at - 1])) && (end == text.size() || !is_month_letter(text[end]));
      if (whole) text.replace(at, name.size(), english);
    }
  }

  void add(std::string name, const std::string& language, unsigned month) {
    if (name.size() < 3 || !is_month_letter(name.front())) return;
    if (name.back() == '.') add(name.substr(0, name.size() - 1), language, month);
    auto& meanings = meanings_[name];
    for (const Meaning& known : meanings) {
      if (known.language == language) return;
    }
    if (meanings.empty()) by_first_[name.substr(0, 2)].push_back(name);
    meanings.push_back({language, month});
  }

  void add_weekday(std::string name) {
    while (!name.empty() && name.back() == '.') name.pop_back();
    if (!name.empty()) weekdays_.insert(std::move(name));
  }

  unsigned meaning(const std::string& name, std::string_view language) const {
    const std::vector<Meaning>& meanings = meanings_.at(name);
    unsigned agreed = meanings.front().month;
    for (const Meaning& meaning : meanings) {
      if (meaning.language == language) return meaning.month;
      if (meaning.month != agreed) agreed = 0;
    }
    return agreed;
  }

  std::unordered_map<std::string, std::vector<Meaning>> meanings_;
  std::map<std::string, std::vector<std::string>, std::less<>> by_first_;  // by the first two bytes, long ones first
  std::set<std::string, std::less<>> weekdays_;
  std::map<std::string, std::vector<std::pair<std::string, std::string_view>>, std::less<>> halves_;  // by language
};

const Names& names() {
  static const Names all;
  return all;
}

/// "2 hours ago": an August only in languages that have it.
bool is_doubtful(std::string_view name, std::string_view folded, std::string_view language) {
  if (name != "ago") return false;
  static constexpr std::array<std::string_view, 9> kAugust = {"es", "it", "pt", "gl", "ca", "eu", "fil", "tl", "sw"};
  if (!language.empty()) return std::find(kAugust.begin(), kAugust.end(), language) == kAugust.end();
  std::size_t digits = 0, longest = 0;
  for (const char c : folded) longest = std::max(longest, digits = notation::is_digit(c) ? digits + 1 : 0);
  return longest != 4;  // no year
}

}  // namespace

std::string with_english_words(std::string_view given, std::string_view language) {
  std::string primary = notation::ascii_lower(language.substr(0, language.find_first_of("-_")));
  if (primary == "no") primary = "nb";
  const std::string folded = names().with_english_halves(std::string(given), primary);
  std::string out;
  bool inside_word = false;
  for (std::size_t at = 0; at < folded.size();) {
    if (!inside_word && is_month_letter(folded[at])) {
      const auto [length, month] = names().find(std::string_view(folded).substr(at), primary);
      const std::string_view name = std::string_view(folded).substr(at, length);
      if (month != 0 && !is_doubtful(name, folded, primary)) {
        const std::string_view english = kEnglish[month - 1];
        const bool stays = name == english || name == english.substr(0, 3) || name == "sept";
        out += stays ? name : english;
        if (!stays) out += ' ';
        at += length;
        continue;
      }
    }
    inside_word = is_month_letter(folded[at]);
    out += folded[at++];
  }
  return out;
}

bool is_weekday(std::string_view word) { return names().is_weekday(word); }

}  // namespace tapewatch::ingest
