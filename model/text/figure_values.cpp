// Tested by tests/model/text/comparisons_test.cpp
#include "model/text/figure_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "config/notation/ascii.hpp"

namespace tapewatch::model {
namespace {

using notation::is_digit;

constexpr std::size_t kLongestWord = 20;  // of the terms
constexpr std::array<std::string_view, 25> kCurrencies = {"aud", "brl", "cad", "chf", "cny", "dkk", "eu",  "eur", "gbp",
                                                          "hkd", "idr", "inr", "jpy", "krw", "mxn", "nok", "php", "pln",
                                                          "rmb", "rs",  "sek", "sgd", "try", "usd", "zar"};
constexpr std::array<std::string_view, 6> kCurrencySigns = {"$", "£", "€", "¥", "₹", "₩"};
constexpr std::array<std::string_view, 4> kDashes = {"-", "–", "−", "—"};

template <std::size_t N>
std::size_t length_of_any(std::string_view text, const std::array<std::string_view, N>& marks) {
  for (const auto mark : marks) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

}  // namespace

std::optional<ComparisonTerm> term_of(std::string_view word) {
  std::array<char, kLongestWord> lower{};
  if (word.empty() || word.size() > lower.size()) return std::nullopt;
  std::transform(word.begin(), word.end(), lower.begin(), [](char c) { return notation::ascii_lower(c); });
  const std::string_view key(lower.data(), word.size());
  const auto found = std::ranges::lower_bound(kComparisonWords, key, {}, &ComparisonWord::word);
  if (found == kComparisonWords.end() || found->word != key) return std::nullopt;
  return found->term;
}

bool is_currency(std::string_view word) {
  return std::ranges::any_of(kCurrencies, [&](auto code) { return notation::equal_in_any_case(code, word); });
}

std::optional<int> rating_rank(std::string_view word) {
  static constexpr std::array<std::string_view, 23> kLetters = {
      "AAA", "AA+", "AA", "AA-", "A+",   "A",   "A-",   "BBB+", "BBB", "BBB-", "BB+", "BB",
      "BB-", "B+",  "B",  "B-",  "CCC+", "CCC", "CCC-", "CC",   "C",   "RD",   "D"};
  static constexpr std::array<std::string_view, 21> kMoodys = {"Aaa",  "Aa1",  "Aa2",  "Aa3",  "A1",   "A2",  "A3",
                                                               "Baa1", "Baa2", "Baa3", "Ba1",  "Ba2",  "Ba3", "B1",
                                                               "B2",   "B3",   "Caa1", "Caa2", "Caa3", "Ca",  "C"};
  constexpr int kRanks = 23;  // Moody's have the same order and one default less
  if (word.size() < 2) return std::nullopt;
  if (const auto found = std::ranges::find(kLetters, word); found != kLetters.end()) {
    return kRanks - static_cast<int>(found - kLetters.begin());
  }
  if (const auto found = std::ranges::find(kMoodys, word); found != kMoodys.end()) {
    return kRanks - static_cast<int>(found - kMoodys.begin());
  }
  return std::nullopt;
}

std::optional<double> read_digits(std::string_view text, std::size_t& length) {
  std::size_t end = 0, commas = 0, points = 0, last_mark = 0, last_group = 0;
  bool only_threes = true;
  while (end < text.size()) {
    if (is_digit(text[end])) {
      ++end, ++last_group;
    } else if ((text[end] == ',' || text[end] == '.') && end + 1 < text.size() && is_digit(text[end + 1])) {
      if (commas + points > 0) only_threes &= last_group == 3;
      (text[end] == ',' ? commas : points) += 1;
      last_mark = end++;
      last_group = 0;
    } else {
      break;
    }
  }
  length = end;
  if (end > 24) return std::nullopt;
  only_threes &= last_group == 3;
  const bool both = commas > 0 && points > 0;
  const bool has_decimals = both || (commas + points == 1 && !(commas == 1 && only_threes));
  std::array<char, 32> plain{};
  std::size_t size = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (is_digit(text[i])) plain[size++] = text[i];
    if (i == last_mark && has_decimals && !is_digit(text[i])) plain[size++] = '.';
  }
  double value = 0;
  if (std::from_chars(plain.data(), plain.data() + size, value).ec != std::errc()) return std::nullopt;
  return value;
}

std::size_t currency_sign_length(std::string_view text) { return length_of_any(text, kCurrencySigns); }

std::size_t dash_length(std::string_view text) { return length_of_any(text, kDashes); }

bool is_year(const Figure& figure, std::string_view digits) {
  return digits.size() == 4 && figure.value >= 1900 && figure.value < 2100 && std::ranges::all_of(digits, is_digit);
}

bool apply_unit(ComparisonTerm term, Figure& figure) {
  using enum ComparisonTerm;
  static constexpr std::pair<ComparisonTerm, FigureUnit> kUnits[] = {
      {percent, FigureUnit::percent}, {points, FigureUnit::points}, {times, FigureUnit::times}};
  static constexpr std::pair<ComparisonTerm, double> kScales[] = {
      {cents, 0.01},      {thousand, 1e3}, {hundred_thousand, 1e5}, {million, 1e6},
      {ten_million, 1e7}, {billion, 1e9},  {trillion, 1e12}};
  for (const auto& [name, unit] : kUnits) {
    if (name != term) continue;
    figure.unit = unit;
    return true;
  }
  for (const auto& [name, scale] : kScales) {
    if (name != term) continue;
    figure.scale = scale;
    return true;
  }
  return false;
}

}  // namespace tapewatch::model
