#include "ingest/entity/security_code.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/notation/ascii.hpp"
#include "ingest/entity/market.hpp"

namespace tapewatch::ingest {
namespace {

using notation::is_ascii_upper;
using notation::is_digit;
using Kind = SecurityCode::Kind;

/// 0–9, A = 10 … Z = 35; -1 for anything else.
int digit_value(char c) { return is_digit(c) ? c - '0' : is_ascii_upper(c) ? c - 'A' + 10 : -1; }

bool is_code_text(std::string_view text, std::size_t length) {
  return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) { return digit_value(c) >= 0; });
}

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = notation::ascii_upper(c);
  return capitals;
}

/// A ticker as it stands alone: capitals and digits, perhaps a share class ("BRK.B", "RDS-A", "BRKb"). Not a sentence.
bool is_bare_ticker(std::string_view text) {
  constexpr std::size_t kLongest = 8;
  if (text.empty() || text.size() > kLongest || digit_value(text.front()) < 0) return false;
  std::size_t capitals = 0, separators = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool share_class =
        i + 1 == text.size() && i > 0 && notation::is_ascii_lower(c) && is_ascii_upper(text[i - 1]);
    if (c == '.' || c == '-' || c == '/' || c == '&') {
      ++separators;
    } else if (digit_value(c) < 0 && !share_class) {
      return false;
    }
    capitals += is_ascii_upper(c) ? 1 : 0;
  }
  const bool number = capitals == 0 && separators == 0 && text.size() <= 6;
  return separators <= 1 && digit_value(in_capitals(text).back()) >= 0 && (number || (capitals > 0 && capitals <= 6));
}

SecurityCode ticker_on(std::string_view ticker, std::string_view markets) {
  return {Kind::ticker, canonical_ticker(ticker), markets};
}

/// `left:right`: an exchange on either side, or a label.
void read_colon(std::string_view left, std::string_view right, std::vector<SecurityCode>& readings) {
  if (const auto markets = markets_of_exchange(left); !markets.empty() && is_bare_ticker(right)) {
    readings.push_back(ticker_on(right, markets));
  }
  if (const auto markets = markets_of_exchange(right); !markets.empty() && is_bare_ticker(left)) {
    readings.push_back(ticker_on(left, markets));
  }
}

/// "KSMR US Equity", "VOD LN".
void read_bloomberg(std::string_view text, std::vector<SecurityCode>& readings) {
  const std::size_t first = text.find(' ');
  if (first == std::string_view::npos) return;
  std::string_view rest = notation::stripped(text.substr(first));
  const std::size_t second = rest.find(' ');
  if (second != std::string_view::npos &&
      !notation::equal_in_any_case(notation::stripped(rest.substr(second)), "equity")) {
    return;
  }
  const auto markets = markets_of_bloomberg(rest.substr(0, second));
  if (!markets.empty() && is_bare_ticker(text.substr(0, first))) {
    readings.push_back(ticker_on(text.substr(0, first), markets));
  }
}

/// Identifiers with check digits, tickers alone and with a suffix.
void read_alone(std::string_view text, std::vector<SecurityCode>& readings) {
  const std::string capitals = in_capitals(text);
  if (is_isin(capitals)) readings.push_back({Kind::isin, capitals, {}});
  if (is_lei(capitals)) readings.push_back({Kind::lei, capitals, {}});
  if (is_cusip(capitals)) readings.push_back({Kind::cusip, capitals, {}});
  if (is_sedol(capitals)) readings.push_back({Kind::sedol, capitals, {}});
  if (is_bare_ticker(text)) readings.push_back(ticker_on(text, {}));
  if (const std::size_t dash = text.rfind('-'); dash != std::string_view::npos && dash + 3 == text.size()) {
    const auto markets = markets_of_country(text.substr(dash + 1));  // FactSet's "KSMR-US"
    if (!markets.empty() && is_bare_ticker(text.substr(0, dash))) {
      readings.push_back(ticker_on(text.substr(0, dash), markets));
    }
  }
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || !is_bare_ticker(text.substr(0, dot))) return;
  if (const auto markets = markets_of_suffix(text.substr(dot + 1)); !markets.empty()) {
    readings.push_back(ticker_on(text.substr(0, dot), markets));
  }
}

/// "isin:", "urn:isin:", "RIC " and the like; what follows the label, or nothing.
std::optional<std::pair<std::string, std::string_view>> labelled(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kLabels = {"isin", "lei",    "cusip",  "sedol", "ric",
                                                              "r",    "ticker", "symbol", "stock"};
  if (notation::equal_in_any_case(text.substr(0, 4), "urn:")) text.remove_prefix(4);
  const std::size_t end = text.find_first_of(":= ");
  if (end == std::string_view::npos) return std::nullopt;
  std::string label = notation::ascii_lower(text.substr(0, end));
  if (std::find(kLabels.begin(), kLabels.end(), label) == kLabels.end()) return std::nullopt;
  std::string_view rest = notation::trimmed(text.substr(end), ":= \t");
  if (label.size() == 1 && text[end] != ':') return std::nullopt;  // "R KSMR.O" is not a label
  return std::pair{std::move(label), rest};
}

/// A label says what follows, so that no check digit has to.
void read_labelled(const std::string& label, std::string_view text, std::vector<SecurityCode>& readings) {
  struct Identifier {
    std::string_view label;
    Kind kind;
    std::size_t length;
  };
  static constexpr std::array<Identifier, 4> kIdentifiers = {
      {{"isin", Kind::isin, 12}, {"lei", Kind::lei, 20}, {"cusip", Kind::cusip, 9}, {"sedol", Kind::sedol, 7}}};
  const std::string capitals = in_capitals(text);
  for (const Identifier& identifier : kIdentifiers) {
    if (identifier.label != label) continue;
    if (is_code_text(capitals, identifier.length)) readings.push_back({identifier.kind, capitals, {}});
    return;
  }
  read_alone(text, readings);
  std::erase_if(readings, [](const SecurityCode& code) { return code.kind != Kind::ticker; });
}

std::string_view without_brackets(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPairs = {"<>", "()", "[]", "{}", "\"\""};
  for (const std::string_view pair : kPairs) {
    if (text.size() > 2 && text.front() == pair[0] && text.back() == pair[1]) {
      return notation::stripped(text.substr(1, text.size() - 2));
    }
  }
  return text;
}

/// Whatever its check digit says.
bool has_isin_form(std::string_view text) {
  return is_code_text(text, 12) && is_ascii_upper(text[0]) && is_ascii_upper(text[1]) && is_digit(text[11]);
}

bool is_market_code(std::string_view part) {
  if (!read_security_code(part).empty() || has_isin_form(part)) return true;
  bool any = false;
  while (!(part = notation::stripped(part)).empty()) {
    const std::size_t end = std::min(part.size(), part.find_first_of(" \t"));
    const std::string_view word = part.substr(0, end);
    if (read_security_code(word).empty()) return false;
    any = true;
    part.remove_prefix(end);
  }
  return any;
}

}  // namespace

std::vector<SecurityCode> read_security_code(std::string_view notation) {
  constexpr std::size_t kLongest = 64;
  std::vector<SecurityCode> readings;
  std::string_view text = without_brackets(notation::stripped(notation));
  if (text.empty() || text.size() > kLongest) return readings;
  if (text.front() == '$') {
    const std::string cashtag = in_capitals(text.substr(1));
    if (is_bare_ticker(cashtag)) readings.push_back(ticker_on(cashtag, {}));
    return readings;
  }
  if (const auto label = labelled(text)) {
    read_labelled(label->first, label->second, readings);
    return readings;
  }
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    read_colon(notation::stripped(text.substr(0, colon)), notation::stripped(text.substr(colon + 1)), readings);
    return readings;
  }
  read_bloomberg(text, readings);
  read_alone(text, readings);
  return readings;
}

std::vector<std::string_view> split_code_list(std::string_view list) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.size(), list.find_first_of(",;|\r\n"));
    if (const auto part = notation::stripped(list.substr(0, end)); !part.empty()) parts.push_back(part);
    list.remove_prefix(std::min(list.size(), end + 1));
  }
  return parts;
}

bool is_code_list(std::string_view list) {
  const std::vector<std::string_view> parts = split_code_list(list);
  return !parts.empty() && std::all_of(parts.begin(), parts.end(), is_market_code);
}

std::string canonical_ticker(std::string_view ticker) {
  const bool number = std::all_of(ticker.begin(), ticker.end(), is_digit);
  if (number) return std::string(ticker.substr(std::min(ticker.find_first_not_of('0'), ticker.size() - 1)));
  std::string canonical;
  for (std::size_t i = 0; i < ticker.size(); ++i) {
    const char c = ticker[i];
    const bool last = i + 1 == ticker.size();
    if (last && i > 0 && notation::is_ascii_lower(c) && is_ascii_upper(ticker[i - 1])) canonical += '.';
    canonical += c == '-' || c == '/' || c == ' ' || c == '_' ? '.' : notation::ascii_upper(c);
  }
  return canonical;
}

bool is_isin(std::string_view text) {
  if (!has_isin_form(text)) return false;
  // Luhn's sum over the digits, letters being two digits each.
  std::string digits;
  for (const char c : text) digits += std::to_string(digit_value(c));
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return sum % 10 == 0;
}

bool is_lei(std::string_view text) {
  if (!is_code_text(text, 20) || !is_digit(text[18]) || !is_digit(text[19])) return false;
  int remainder = 0;
  for (const char c : text) {
    const int value = digit_value(c);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder == 1;
}

bool is_cusip(std::string_view text) {
  if (text.size() != 9 || !is_digit(text[8])) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    constexpr std::string_view kSigns = "*@#";
    const std::size_t sign = kSigns.find(text[i]);
    int value = sign == std::string_view::npos ? digit_value(text[i]) : 36 + static_cast<int>(sign);
    if (value < 0) return false;
    if (i % 2 == 1) value *= 2;
    sum += value / 10 + value % 10;
  }
  return (10 - sum % 10) % 10 == text[8] - '0';
}

bool is_sedol(std::string_view text) {
  constexpr std::array<int, 7> kWeights = {1, 3, 1, 7, 3, 9, 1};
  constexpr std::string_view kVowels = "AEIOU";
  if (!is_code_text(text, 7) || !is_digit(text[6])) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    if (kVowels.find(text[i]) != std::string_view::npos) return false;
    sum += digit_value(text[i]) * kWeights[i];
  }
  return sum % 10 == 0;
}

std::string_view cusip_of_isin(std::string_view isin) {
  if (isin.size() != 12) return {};
  static constexpr std::array<std::string_view, 12> kCountries = {"US", "CA", "BM", "KY", "VG", "PR",
                                                                  "BS", "PA", "LR", "MH", "CW", "AN"};
  const bool american = std::find(kCountries.begin(), kCountries.end(), isin.substr(0, 2)) != kCountries.end();
  return american ? isin.substr(2, 9) : std::string_view();
}

std::string_view sedol_of_isin(std::string_view isin) {
  if (isin.size() != 12 || isin.substr(2, 2) != "00") return {};
  static constexpr std::array<std::string_view, 5> kCountries = {"GB", "IE", "GG", "JE", "IM"};
  const bool british = std::find(kCountries.begin(), kCountries.end(), isin.substr(0, 2)) != kCountries.end();
  return british ? isin.substr(4, 7) : std::string_view();
}

}  // namespace tapewatch::ingest
