// Tested by tests/ingest/story/story_signature_test.cpp
#include "ingest/story/headline_tokens.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "ingest/text/folded_text.hpp"
#include "ingest/text/unspaced_script.hpp"

namespace tapewatch::ingest {
namespace {

using TokenKind = HeadlineToken::Kind;

struct Character {
  UChar32 value;           // folded
  UChar32 original;        // as the title has it
  std::size_t begin, end;  // bytes of the folded text
};

bool is_plain_digit(UChar32 c) { return c >= '0' && c <= '9'; }
bool in_word(UChar32 c) {
  return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK;
}

bool written_without_spaces(UChar32 c) {
  constexpr UChar32 kLongMark = 0x30FC;  // of Katakana, and of no script
  return is_unspaced(c) || c == kLongMark;
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view headline) : folded_(fold_text(headline)) {
    const auto size = static_cast<std::int32_t>(folded_.text.size());
    const auto original_size = static_cast<std::int32_t>(headline.size());
    for (std::int32_t at = 0; at < size;) {
      Character c{0, 0, static_cast<std::size_t>(at), 0};
      U8_NEXT(folded_.text.data(), at, size, c.value);
      c.end = static_cast<std::size_t>(at);
      auto origin = static_cast<std::int32_t>(folded_.origin[c.begin]);
      if (origin < original_size) U8_NEXT(headline.data(), origin, original_size, c.original);
      text_.push_back(c);
    }
  }

  std::vector<HeadlineToken> run() {
    while (at_ < text_.size()) {
      const UChar32 c = text_[at_].value;
      if (c == '%' || u_charType(c) == U_CURRENCY_SYMBOL) {
        add_symbol();
      } else if (written_without_spaces(c)) {
        add_pair();
      } else if (u_isalnum(c)) {
        add_word();
      } else {
        ++at_;
      }
    }
    return std::move(tokens_);
  }

 private:
  UChar32 value(std::size_t at) const { return at < text_.size() ? text_[at].value : 0; }
  UChar32 before(std::size_t at) const { return at > 0 ? text_[at - 1].value : 0; }
  std::string_view bytes(std::size_t from, std::size_t to) const {
    return std::string_view(folded_.text).substr(text_[from].begin, text_[to - 1].end - text_[from].begin);
  }

  void add_symbol() {
    tokens_.push_back({TokenKind::symbol, std::string(bytes(at_, at_ + 1))});
    ++at_;
  }

  void add_pair() {
    const bool pair = written_without_spaces(value(at_ + 1));
    if (pair || !written_without_spaces(before(at_))) {
      tokens_.push_back({TokenKind::word, std::string(bytes(at_, at_ + (pair ? 2 : 1)))});
    }
    ++at_;
  }

  /// Whether a character that is neither letter nor digit belongs into the word around it.
  bool joins(std::size_t at) const {
    const UChar32 left = before(at), c = value(at), right = value(at + 1);
    if (c == '.') return in_word(right) && (is_plain_digit(left) == is_plain_digit(right));
    if (c == ',') {
      return is_plain_digit(left) && is_plain_digit(right) && is_plain_digit(value(at + 2)) &&
             is_plain_digit(value(at + 3));
    }
    return c == '\'' && in_word(right);
  }

  void add_word() {
    HeadlineToken token;
    const std::size_t begin = at_;
    token.hyphen = before(begin) == '-' && begin >= 2 && in_word(value(begin - 2));
    bool letters = false, digits = false, small = false;
    std::size_t count = 0, end = begin;
    for (; end < text_.size() && !written_without_spaces(value(end)) && (in_word(value(end)) || joins(end)); ++end) {
      const UChar32 c = value(end);
      digits = digits || is_plain_digit(c);
      if (!u_isalpha(c)) continue;
      letters = true;
      ++count;
      small = small || !u_isupper(text_[end].original);
    }
    if (end == begin) {  // a mark alone
      ++at_;
      return;
    }
    token.capital = u_isupper(text_[begin].original) || u_istitle(text_[begin].original);
    token.all_caps = count >= 2 && !small;
    token.kind = letters ? digits ? TokenKind::glued : TokenKind::word : TokenKind::number;
    token.text = bytes(begin, end);
    at_ = end;
    finish(token, begin);
    tokens_.push_back(std::move(token));
  }

  void finish(HeadlineToken& token, std::size_t begin) {
    auto& text = token.text;
    if (token.kind == TokenKind::number) {
      std::erase(text, ',');
      const UChar32 sign = before(begin);
      const bool free = begin < 2 || value(begin - 2) == ' ' || value(begin - 2) == '(';
      if (free && (sign == '+' || sign == '-')) token.sign = sign == '+' ? 1 : -1;
      return;
    }
    add_rating_sign(token);
    if (const auto quote = text.find('\''); quote != std::string::npos && text.substr(quote) == "'s") {
      text.resize(quote);
    }
    std::erase(text, '\'');
    // "U.S." is one word, "reuters.com" and "odl.n" are as well, without their dots.
    std::erase(text, '.');
  }

  /// "BBB-", "A+": what follows a rating belongs to it, unless it joins the next word.
  void add_rating_sign(HeadlineToken& token) {
    constexpr std::size_t kLongest = 4;
    const UChar32 sign = value(at_), next = value(at_ + 1);
    if ((sign != '+' && sign != '-') || in_word(next) || token.text.size() > kLongest) return;
    const bool rating = std::all_of(token.text.begin(), token.text.end(),
                                    [](char c) { return (c >= 'a' && c <= 'd') || (c >= '1' && c <= '3'); });
    if (!rating || !token.capital) return;
    token.text += static_cast<char>(sign);
    token.all_caps = true;
    ++at_;
  }

  const FoldedText folded_;
  std::vector<Character> text_;
  std::vector<HeadlineToken> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<HeadlineToken> headline_tokens(std::string_view headline) { return Tokenizer(headline).run(); }

}  // namespace tapewatch::ingest
