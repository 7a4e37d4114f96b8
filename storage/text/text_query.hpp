#pragma once
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// What a user searches for, as FTS5 expressions over the words of the index; nothing in the user's text is an operator
/// of FTS5. Both empty: the text holds no word.
struct TextQuery {
  std::string wanted, excluded;

  /// The expression for required terms; "" without any.
  std::string expression() const { return excluded.empty() ? wanted : "(" + wanted + ") NOT (" + excluded + ")"; }
};

/// Reads `profit warning`, both words in any place; `"profit warning"`, the words in this order; `fraud OR bribery`,
/// one of its two neighbours, so that `bank fraud OR bribery` requires "bank" and one of the others; `refinanc*`, words
/// with that prefix; `-rumour` and `-"press release"`, texts without it. Case, accents and the width of letters make no
/// difference. Everything else separates words.
///
/// Throws std::invalid_argument, with the position in characters, for a quotation mark that is not closed, an OR
/// without two neighbours, and more than `kMaxSearchTerms` words and phrases.
TextQuery parse_text_query(std::string_view text);

inline constexpr std::size_t kMaxSearchTerms = 64;

}  // namespace tapewatch::storage
