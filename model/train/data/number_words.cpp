// Tested by tests/train/data/perturbation_test.cpp
#include "model/train/data/number_words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "config/notation/ascii.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::string_view kSigns = ".,;:!?'\")]";
constexpr double kChangedShare = 0.8;
constexpr std::array<std::string_view, 4> kCurrencies{"$", "\u20ac", "\u00a3", "\u00a5"};
/// After a number and a space; the last two also directly after it.
constexpr std::array<std::string_view, 3> kMillion{"million", "mln", "m"}, kBillion{"billion", "bln", "bn"};
constexpr std::array<std::string_view, 2> kPercent{"percent", "pct"};

using notation::is_digit;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::size_t draw(std::size_t count, Random& random) {
  return static_cast<std::size_t>(uniform(random) * static_cast<double>(count));
}

/// Digits with points and commas between them.
bool is_number(std::string_view text) {
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.' || c == ','; });
}

std::string_view without_currency(std::string_view word) {
  if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
  for (const auto sign : kCurrencies) {
    if (word.starts_with(sign)) return word.substr(sign.size());
  }
  return word;
}
bool is_amount(std::string_view word) { return is_number(without_currency(word)); }

/// The unit's family if the word is a unit.
std::optional<std::span<const std::string_view>> family(std::string_view unit) {
  if (is_one_of(unit, kMillion)) return kMillion;
  if (is_one_of(unit, kBillion)) return kBillion;
  return std::nullopt;
}

/// $500m, 1.5bn: the number and its unit. A bare "500m" may be metres.
std::optional<std::pair<std::string, std::span<const std::string_view>>> glued(std::string_view word) {
  for (const std::string_view unit : {"mln", "bln", "bn", "m"}) {
    if (!word.ends_with(unit)) continue;
    const auto amount = word.substr(0, word.size() - unit.size());
    const bool money = without_currency(amount).size() < amount.size() && is_amount(amount);
    if (money || (unit != "m" && is_amount(amount))) return std::pair{std::string(amount), *family(unit)};
    return std::nullopt;
  }
  return std::nullopt;
}

std::string amount_of(const std::string& number, std::span<const std::string_view> units, Random& random) {
  const auto unit = units[draw(units.size(), random)];
  return number + (unit.size() > 3 || draw(2, random) == 0 ? " " : "") + std::string(unit);
}

std::string percentage_of(const std::string& number, Random& random) {
  const auto form = draw(kPercent.size() + 1, random);
  return form == kPercent.size() ? number + '%' : number + ' ' + std::string(kPercent[form]);
}

/// 1,234,567 and the like; 1,5 is a decimal comma.
bool has_grouped_thousands(std::string_view number) {
  const auto first = number.find(',');
  if (first == std::string_view::npos || first > 3) return false;
  for (auto rest = number.substr(first); !rest.empty(); rest.remove_prefix(4)) {
    if (rest.size() < 4 || rest[0] != ',' || !std::all_of(rest.begin() + 1, rest.begin() + 4, is_digit)) return false;
  }
  return true;
}

/// Thousands with or without commas; nothing of four digits that may be a year.
std::string regrouped(const std::string& number) {
  if (has_grouped_thousands(number)) {
    auto plain = number;
    std::erase(plain, ',');
    return plain;
  }
  if (number.size() < 5 || !std::all_of(number.begin(), number.end(), is_digit)) return number;
  auto grouped = number;
  for (auto at = static_cast<std::ptrdiff_t>(number.size()) - 3; at > 0; at -= 3) {
    grouped.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return grouped;
}

/// The word, or it and the next one, in another form; true if the next one is consumed.
bool rewrite(Word& word, const Word* next, Random& random) {
  if (word.core.ends_with('%')) {
    const auto number = word.core.substr(0, word.core.size() - 1);
    if (is_amount(number)) word.core = percentage_of(number, random);
    return false;
  }
  if (const auto both = glued(word.core)) {
    word.core = amount_of(both->first, both->second, random);
    return false;
  }
  if (!is_amount(word.core)) return false;
  const bool money = without_currency(word.core).size() + 1 < word.core.size() || word.core.front() == '$';
  const bool joined = next != nullptr && word.tail.empty() && (money || next->core != "m");  // 500 m may be metres
  const auto units = joined ? family(next->core) : std::nullopt;
  const bool percent = joined && is_one_of(next->core, kPercent);
  if (!units && !percent) {
    const auto bare = without_currency(word.core);
    const auto sign = word.core.substr(0, word.core.size() - bare.size());
    word.core = sign + regrouped(std::string(bare));
    return false;
  }
  word.core = units ? amount_of(word.core, *units, random) : percentage_of(word.core, random);
  word.tail = next->tail;
  return true;
}

}  // namespace

std::vector<Word> split_words(std::string_view text) {
  std::vector<Word> words;
  for (;;) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    const auto last = word.find_last_not_of(kSigns);
    const auto size = last == std::string_view::npos ? 0 : last + 1;
    words.push_back({std::string(word.substr(0, size)), std::string(word.substr(size))});
    if (space == std::string_view::npos) return words;
    text.remove_prefix(space + 1);
  }
}

std::string join_words(const std::vector<Word>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += ' ';
    text += words[i].core + words[i].tail;
  }
  return text;
}

std::string rewritten_numbers(std::string_view text, Random& random) {
  auto words = split_words(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (uniform(random) >= kChangedShare) continue;
    if (rewrite(words[i], i + 1 < words.size() ? &words[i + 1] : nullptr, random)) {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  return join_words(words);
}

}  // namespace tapewatch::model::train
