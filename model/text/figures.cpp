// Tested by tests/model/text/comparisons_test.cpp
#include "model/text/figures.hpp"

#include <algorithm>

#include "config/notation/ascii.hpp"

namespace tapewatch::model {
namespace {

using notation::is_ascii_letter;
using notation::is_ascii_upper;
using notation::is_digit;
using Kind = FigurePiece::Kind;

constexpr std::size_t kMostBytes = 1024;  // of a text: its first sentences
constexpr std::size_t kFallReach = 3;     // words between "fall" and its percentage

/// What is read of a text: whole words.
std::string_view beginning_of(std::string_view text) {
  if (text.size() <= kMostBytes) return text;
  const std::size_t blank = text.substr(0, kMostBytes).find_last_of(" \n");
  return blank == std::string_view::npos ? std::string_view() : text.substr(0, blank);
}

/// Cuts a text into pieces.
class Cutter {
 public:
  Cutter(std::string_view text, std::size_t sentences, FigurePieces& pieces)
      : text_(beginning_of(text)), left_(sentences), pieces_(pieces) {}

  void cut() {
    while (at_ < text_.size() && left_ > 0) {
      if (number_at(at_) || sign_length() > 0 || currency_length() > 0) {
        if (!take_figure()) take_compound();
      } else if (is_word(text_[at_])) {
        take_word();
      } else {
        take_mark();
      }
    }
    drop_dates();
    read_brackets();
    read_falls();
  }

 private:
  static bool is_word(char c) { return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80; }
  std::string_view rest(std::size_t from) const { return text_.substr(std::min(from, text_.size())); }
  /// Digits, or a point and digits: ".95".
  bool number_at(std::size_t at) const {
    return digit_at(at) || (at < text_.size() && text_[at] == '.' && digit_at(at + 1));
  }
  bool digit_at(std::size_t at) const { return at < text_.size() && is_digit(text_[at]); }
  bool letter_at(std::size_t at) const { return at < text_.size() && is_ascii_letter(text_[at]); }

  /// Of the currency in front of a figure, with its letters: "US$", "€".
  std::size_t currency_length() const {
    const std::size_t length = currency_sign_length(rest(at_));
    return length > 0 &&
                   (number_at(at_ + length) || (rest(at_ + length).starts_with("-") && digit_at(at_ + length + 1)))
               ? length
               : 0;
  }
  /// Of the sign of a figure; a dash behind a letter or a digit is none.
  std::size_t sign_length() const {
    const std::size_t dash = dash_length(rest(at_));
    const std::size_t length = dash > 0 ? dash : rest(at_).starts_with('+') ? 1 : 0;
    if (length == 0 || (at_ > 0 && (is_digit(text_[at_ - 1]) || is_ascii_letter(text_[at_ - 1])))) return 0;
    const std::size_t currency = currency_sign_length(rest(at_ + length));
    return number_at(at_ + length + currency) ? length : 0;
  }

  void put(Kind kind, std::size_t start, std::optional<ComparisonTerm> term = {}, Figure figure = {}) {
    pieces_.push_back({kind, {start, at_}, term, figure});
  }

  bool take_figure() {
    const std::size_t start = at_;
    bool negative = false;
    Figure figure;
    std::size_t at = at_;
    for (int part = 0; part < 3; ++part) {  // a sign before or behind the currency
      if (const auto dash = dash_length(rest(at))) {
        negative = true;
        at += dash;
      } else if (rest(at).starts_with('+')) {
        ++at;
      } else {
        const std::size_t sign = currency_sign_length(rest(at));
        figure.signed_currency |= sign > 0;
        at += sign;
      }
    }
    std::size_t length = 0;
    const auto value = read_digits(rest(at), length);
    if (!value || length == 0) return false;
    const auto digits = text_.substr(at, length);
    figure.value = *value;
    const bool bare = at == start;
    at += length;
    if (!take_unit(at, figure)) return false;
    if (bare && figure.scale == 1 && figure.unit == FigureUnit::plain && is_year(figure, digits)) return false;
    take_range(at, figure);
    if (negative) figure.value = -figure.value;
    at_ = at;
    put(Kind::figure, start, {}, figure);
    return true;
  }

  /// The unit behind a figure, with or without a blank between; false if what is there makes it a compound.
  bool take_unit(std::size_t& at, Figure& figure) const {
    if (at < text_.size() && text_[at] == ':' && digit_at(at + 1)) return false;
    if (at < text_.size() && text_[at] == '-' && letter_at(at + 1)) return false;
    const bool joined = letter_at(at);
    for (int units = 0; units < 2; ++units) {  // a scale and a unit
      std::size_t from = at;
      while (from < text_.size() && text_[from] == ' ') ++from;
      std::size_t end = from;
      if (rest(from).starts_with('%')) {
        end = from + 1;
      } else {
        while (letter_at(end)) ++end;
      }
      const auto word = text_.substr(from, end - from);
      if (from == at && joined && units == 0 && (word == "p" || word == "c" || word == "d")) {  // pence, cents
        figure.scale = 0.01;
        at = end;
        continue;
      }
      const bool per = rest(end).starts_with('/');  // "m/m" is not millions
      const auto term = per ? std::nullopt : term_of(word);
      if (!term || !apply_unit(*term, figure)) {
        if (word == "per" && rest(end).starts_with(" cent")) {
          figure.unit = FigureUnit::percent;
          at = end + 5;
          return true;
        }
        if (word == "basis" && rest(end).starts_with(" point")) {
          figure.unit = FigureUnit::points;
          at = end + 6;
          while (letter_at(at)) ++at;
          return true;
        }
        return units > 0 || !joined;
      }
      at = end;
    }
    return true;
  }

  /// The end of "2.10-2.20": the figure becomes its middle.
  void take_range(std::size_t& at, Figure& figure) const {
    const std::size_t dash = dash_length(rest(at));
    if (dash == 0) return;
    std::size_t next = at + dash;
    next += currency_sign_length(rest(next));
    if (!digit_at(next)) return;
    std::size_t length = 0;
    const auto value = read_digits(rest(next), length);
    if (!value || *value < figure.value) return;
    Figure second{.value = *value, .scale = figure.scale, .unit = figure.unit};
    next += length;
    if (!take_unit(next, second)) return;
    figure = {.value = (figure.value + second.value) / 2, .scale = second.scale, .unit = second.unit};
    at = next;
  }

  /// What begins with a digit and is a word: up to the next blank.
  void take_compound() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '\n' && text_[at_] != ',' && text_[at_] != ';') {
      ++at_;
    }
    put(Kind::word, start);
    pieces_.back().compound = true;
  }

  void take_word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (is_currency(text_.substr(start, at_ - start)) || rest(at_).starts_with('$')) {
      if (digit_at(at_) || rest(at_).starts_with('$') || rest(at_).starts_with(' ')) return;
    }
    if (take_rating(start)) return;
    while (at_ < text_.size() && continues_word(start)) ++at_;
    const auto word = text_.substr(start, at_ - start);
    auto term = term_of(word);
    if (const auto dash = word.rfind('-'); !term && dash != std::string_view::npos) {
      term = term_of(word.substr(dash + 1));
    }
    put(Kind::word, start, term);
    pieces_.back().capital = is_ascii_upper(word[0]);
    pieces_.back().compound = std::ranges::any_of(word, is_digit);
  }

  /// Behind the letters of a word: "Q3", "year-ago", "S&P", "N14.8".
  bool continues_word(std::size_t start) const {
    const char c = text_[at_];
    if (is_word(c) || is_digit(c)) return true;
    if (c == '.') return at_ > start && is_digit(text_[at_ - 1]) && digit_at(at_ + 1);
    return (c == '-' || c == '\'' || c == '&') && (letter_at(at_ + 1) || digit_at(at_ + 1));
  }

  bool take_rating(std::size_t start) {
    std::size_t end = at_;
    if (end < text_.size() && (text_[end] == '+' || text_[end] == '-' || (text_[end] >= '1' && text_[end] <= '3'))) {
      ++end;
    }
    if (end < text_.size() && (letter_at(end) || digit_at(end))) return false;
    const auto rank = rating_rank(text_.substr(start, end - start));
    if (!rank) return false;
    at_ = end;
    put(Kind::figure, start, {}, {.value = static_cast<double>(*rank), .unit = FigureUnit::rating});
    return true;
  }

  /// A full stop ends a sentence before a capital, unless it is that of an abbreviation: "est. EPS".
  void take_mark() {
    const std::size_t start = at_;
    const char c = text_[at_++];
    if (c == ' ' || c == '\t' || c == '\r') return;
    const bool abbreviates = !pieces_.empty() && pieces_.back().kind == Kind::word && pieces_.back().term;
    const bool ends = c == '\n' || ((c == '!' || c == '?' || (c == '.' && !abbreviates)) && at_ + 1 < text_.size() &&
                                    text_[at_] == ' ' && (is_ascii_upper(text_[at_ + 1]) || text_[at_ + 1] == '"'));
    if (ends) {
      put(Kind::stop, start);
      --left_;
    } else if (std::string_view(",;/()|[]").find(c) != std::string_view::npos ||
               (c == '-' && rest(at_).starts_with(' '))) {
      put(Kind::separator, start);
      pieces_.back().opens = c == '(' || c == '[';
      pieces_.back().closes = c == ')' || c == ']';
    }
  }

  /// "Down 3.4%", "minus 6m", "a 0.1% decline".
  void read_falls() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      auto& piece = pieces_[i];
      if (piece.kind != Kind::figure || piece.figure.unit == FigureUnit::rating || piece.figure.value < 0) continue;
      const bool percent = piece.figure.unit == FigureUnit::percent;
      bool falls = percent && i + 1 < pieces_.size() && pieces_[i + 1].term == ComparisonTerm::fall;
      for (std::size_t j = i, words = 0; j-- > 0 && words < kFallReach && pieces_[j].kind == Kind::word; ++words) {
        if (pieces_[j].term == ComparisonTerm::to || pieces_[j].term == ComparisonTerm::from) break;
        falls |= pieces_[j].term == ComparisonTerm::fall && (percent || words == 0);
      }
      if (falls) piece.figure.value *= -1;
    }
  }

  /// "Free cash flow: (46m)": what stands alone in brackets behind words is negative.
  void read_brackets() {
    for (std::size_t i = 2; i + 1 < pieces_.size(); ++i) {
      auto& piece = pieces_[i];
      if (piece.kind != Kind::figure || !pieces_[i - 1].opens || !pieces_[i + 1].closes) continue;
      if (pieces_[i - 2].kind == Kind::word && (pieces_[i - 2].term || piece.figure.scale != 1) &&
          piece.figure.value > 0)
        piece.figure.value *= -1;
    }
  }

  /// Days of a month and times of day become words.
  void drop_dates() {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      auto& piece = pieces_[i];
      if (piece.kind != Kind::figure || piece.figure.unit != FigureUnit::plain || piece.figure.scale != 1) continue;
      const auto is = [&](std::size_t at, ComparisonTerm term) {
        return at < pieces_.size() && pieces_[at].term == term;
      };
      const auto is_month = [&](std::size_t at) { return is(at, ComparisonTerm::month) && pieces_[at].capital; };
      const bool integral = text_.substr(piece.span.start, piece.span.end - piece.span.start).size() <= 2;
      const bool day = integral && piece.figure.value >= 1 && piece.figure.value <= 31 &&
                       (is_month(i + 1) || (i > 0 && is_month(i - 1)));
      if (day || is(i + 1, ComparisonTerm::clock)) piece = {Kind::word, piece.span, {}, {}};
    }
  }

  const std::string_view text_;
  std::size_t left_;
  std::size_t at_ = 0;
  FigurePieces& pieces_;
};

}  // namespace

FigurePieces figure_pieces(std::string_view text, std::size_t sentences) {
  FigurePieces pieces;
  Cutter(text, sentences, pieces).cut();
  return pieces;
}

}  // namespace tapewatch::model
