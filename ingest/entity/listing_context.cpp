// Tested by tests/ingest/entity/entity_finder_test.cpp
#include "ingest/entity/listing_context.hpp"

#include <algorithm>

#include "config/notation/ascii.hpp"
#include "ingest/entity/market.hpp"

namespace tapewatch::ingest {
namespace {

bool is_capital_or_digit(char c) { return notation::is_ascii_upper(c) || notation::is_digit(c); }

bool is_word_byte(char c) { return notation::is_ascii_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

std::string_view written_exchange(std::string_view name) {
  constexpr std::size_t kShort = 4;
  const bool capitals = std::none_of(name.begin(), name.end(), notation::is_ascii_lower);
  const bool plain = name.size() <= kShort && !notation::equal_in_any_case(name, "nyse");
  return plain && !capitals ? std::string_view() : markets_of_exchange(name);
}

/// The exchange that the text before a colon ends with, of one to four words.
std::string_view exchange_at_end(std::string_view before) {
  const std::size_t limit = before.find_last_of("([{<>,;\"\n");
  before = notation::stripped(limit == std::string_view::npos ? before : before.substr(limit + 1));
  std::string_view longest;
  std::size_t at = before.size();
  for (int words = 0; words < 4 && at != std::string_view::npos && at > 0; ++words) {
    const std::size_t blank = before.find_last_of(' ', at - 1);
    const std::string_view name = before.substr(blank == std::string_view::npos ? 0 : blank + 1);
    if (const auto markets = written_exchange(name); !markets.empty()) longest = markets;
    at = blank;
  }
  return longest;
}

std::string_view market_before(std::string_view text, std::size_t start) {
  constexpr std::size_t kFarthest = 80;
  const std::size_t from = start > kFarthest ? start - kFarthest : 0;
  const std::string_view before = text.substr(from, start - from);
  const std::size_t colon = before.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view between = before.substr(colon + 1);  // blanks, or other tickers of the list
  const bool list = std::all_of(between.begin(), between.end(), [](char c) {
    return is_capital_or_digit(c) || std::string_view(" ,./&-$").find(c) != std::string_view::npos;
  });
  const std::string_view others = notation::stripped(between);
  if (!list || (!others.empty() && others.back() != ',')) return {};
  return exchange_at_end(before.substr(0, colon));
}

/// The run of capitals and digits at the beginning, "" if more letters follow it.
std::string_view leading_code(std::string_view text, std::size_t longest) {
  std::size_t length = 0;
  while (length < text.size() && is_capital_or_digit(text[length])) ++length;
  const bool whole = length == text.size() || !is_word_byte(text[length]);
  return whole && length <= longest ? text.substr(0, length) : std::string_view();
}

/// ".O", but not a share class (".B").
std::string_view market_of_suffix_at(std::string_view after) {
  if (!after.starts_with('.')) return {};
  const std::string_view suffix = leading_code(after.substr(1), 5);
  const bool share_class = suffix.size() == 1 && suffix[0] >= 'A' && suffix[0] <= 'C';
  return share_class ? std::string_view() : markets_of_suffix(suffix);
}

std::string_view market_of_bloomberg_at(std::string_view after, bool in_brackets) {
  if (!after.starts_with(' ')) return {};
  const std::string_view code = leading_code(after.substr(1), 2);
  if (code.size() != 2) return {};
  const std::string_view rest = after.substr(3);
  constexpr std::string_view kEquity = " Equity";
  const bool equity = notation::equal_in_any_case(rest.substr(0, kEquity.size()), kEquity) &&
                      (rest.size() == kEquity.size() || !is_word_byte(rest[kEquity.size()]));
  return equity || (in_brackets && rest.starts_with(')')) ? markets_of_bloomberg(code) : std::string_view();
}

}  // namespace

std::optional<std::string_view> market_around(std::string_view text, std::size_t start, std::size_t end) {
  const std::string_view after = text.substr(end);
  const bool in_brackets = start > 0 && text[start - 1] == '(';
  std::string_view markets = market_of_suffix_at(after);
  if (markets.empty()) markets = market_of_bloomberg_at(after, in_brackets);
  if (markets.empty()) markets = market_before(text, start);
  if (markets.empty() && after.starts_with(':')) markets = markets_of_exchange(leading_code(after.substr(1), 8));
  return markets.empty() ? std::nullopt : std::optional(markets);
}

}  // namespace tapewatch::ingest
