#include "storage/text/text_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "storage/text/search_words.hpp"

namespace tapewatch::storage {

namespace {

[[noreturn]] void fail(std::string_view text, std::size_t at, std::string_view why) {
  const auto before = text.substr(0, at);
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xc0) != 0x80; });
  throw std::invalid_argument(fmt::format("at character {}: {}", characters + 1, why));
}

/// Bytes of white space at `at`: ASCII's and a NUL, or the ideographic space of a Japanese keyboard.
std::size_t space_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || (c >= '\t' && c <= '\r') || c == '\0') return 1;
  return text.substr(at).starts_with("\u3000") ? 3 : 0;
}

/// A word or phrase as it was typed.
struct Piece {
  std::string_view text;
  std::size_t at = 0;
  bool excluded = false, quoted = false, starred = false;

  bool is_or() const { return text == "OR" && !quoted && !excluded && !starred; }
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<Piece> next() {
    while (!at_end() && space_at(text_, at_) > 0) at_ += space_at(text_, at_);
    if (at_end()) return std::nullopt;
    Piece piece{.at = at_};
    if (text_[at_] == '-' && at_ + 1 < text_.size() && space_at(text_, at_ + 1) == 0) {
      piece.excluded = true;
      ++at_;
    }
    if (text_[at_] == '"') {
      read_phrase(piece);
    } else {
      read_word(piece);
    }
    return piece;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }

  void read_phrase(Piece& piece) {
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) fail(text_, at_, "this quotation mark is not closed; add one at the end");
    piece.text = text_.substr(at_ + 1, end - at_ - 1);
    piece.quoted = true;
    at_ = end + 1;
    for (; !at_end() && text_[at_] == '*'; ++at_) piece.starred = true;
  }

  void read_word(Piece& piece) {
    const std::size_t start = at_;
    while (!at_end() && text_[at_] != '"' && space_at(text_, at_) == 0) ++at_;
    piece.text = text_.substr(start, at_ - start);
    for (; piece.text.ends_with('*'); piece.text.remove_suffix(1)) piece.starred = true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Collects the required groups of alternatives, and the exclusions.
class QueryParser {
 public:
  explicit QueryParser(std::string_view text) : text_(text) {}

  TextQuery parse() {
    Scanner scanner(text_);
    while (const auto piece = scanner.next()) piece->is_or() ? take_or(*piece) : take_term(*piece);
    if (pending_or_) fail_or(*pending_or_);
    TextQuery query{"", joined(excluded_, " OR ")};
    for (const auto& group : groups_) {
      if (!query.wanted.empty()) query.wanted += " AND ";
      query.wanted += group.size() == 1 ? group[0] : "(" + joined(group, " OR ") + ")";
    }
    return query;
  }

 private:
  static std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    return fmt::format("{}", fmt::join(parts, between));
  }

  [[noreturn]] void fail_or(std::size_t at) const {
    fail(text_, at, "OR needs a word or phrase on both sides; write \"OR\" in quotation marks to search for the word");
  }

  void take_or(const Piece& piece) {
    if (!may_or_ || pending_or_) fail_or(piece.at);
    pending_or_ = piece.at;
  }

  void take_term(const Piece& piece) {
    const SearchPhrase phrase = search_phrase(piece.text);
    if (phrase.words.empty()) return;  // a lone dash or an emoji: not searchable
    if (++terms_ > kMaxSearchTerms) {
      fail(text_, piece.at, fmt::format("more than {} words and phrases; search for fewer", kMaxSearchTerms));
    }
    std::string term = "\"" + phrase.words + (phrase.prefix || piece.starred ? "\" *" : "\"");
    if (piece.excluded) {
      if (pending_or_) fail_or(*pending_or_);
      excluded_.push_back(std::move(term));
    } else if (pending_or_) {
      groups_.back().push_back(std::move(term));
    } else {
      groups_.push_back({std::move(term)});
    }
    may_or_ = !piece.excluded;
    pending_or_.reset();
  }

  std::string_view text_;
  std::vector<std::vector<std::string>> groups_;
  std::vector<std::string> excluded_;
  std::size_t terms_ = 0;
  bool may_or_ = false;  ///< the last term was required, not excluded
  std::optional<std::size_t> pending_or_;
};

}  // namespace

TextQuery parse_text_query(std::string_view text) { return QueryParser(text).parse(); }

}  // namespace tapewatch::storage
