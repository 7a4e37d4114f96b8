#include "ingest/story/story_signature.hpp"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "config/notation/ascii.hpp"
#include "ingest/story/headline.hpp"
#include "ingest/story/headline_tokens.hpp"
#include "ingest/story/headline_words.hpp"
#include "ingest/text/folded_text.hpp"

namespace tapewatch::ingest {
namespace {

using Class = StorySignature::Class;
using WordKind = HeadlineWord::Kind;
using Token = HeadlineToken;

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()));
}
std::uint8_t byte_of(std::string_view text) { return static_cast<std::uint8_t>(hash_of(text) >> 24); }

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Longest first where two words say one thing together.
struct Phrase {
  std::string_view words, instead;
};
constexpr Phrase kPhrases[] = {{"chief executive officer", "ceo"},
                               {"chief executive", "ceo"},
                               {"chief financial officer", "cfo"},
                               {"finance chief", "cfo"},
                               {"basis points", "basis-points"},
                               {"basis point", "basis-points"},
                               {"per cent", "percent"},
                               {"step down", "resign"},
                               {"steps down", "resign"},
                               {"stepped down", "resign"},
                               {"stepping down", "resign"},
                               {"federal reserve", "fed"},
                               {"european central bank", "ecb"},
                               {"bank of england", "boe"},
                               {"bank of japan", "boj"},
                               {"united states", "us"},
                               {"united kingdom", "uk"},
                               {"interest rate", "rate"},
                               {"interest rates", "rate"},
                               {"wall street", "wall"},
                               {"wall st", "wall"},
                               {"up to", "about"}};

class Builder {
 public:
  explicit Builder(std::string_view title) {
    const Headline headline = read_headline(title);
    const std::string folded = fold(headline.text);
    if (headline.correction) signature_.flags |= StorySignature::correction;
    if (is_recurring(folded)) signature_.flags |= StorySignature::recurring;
    tokens_ = headline_tokens(headline.text);
    join_phrases();
    look_at_capitals();
  }

  StorySignature run() {
    for (at_ = 0; at_ < tokens_.size() && signature_.count < StorySignature::kMostWords; ++at_) {
      const Token& token = tokens_[at_];
      if (token.kind == Token::Kind::symbol) {
        add_symbol(token);
      } else if (token.kind == Token::Kind::number) {
        add_number(token);
      } else if (token.kind == Token::Kind::glued) {
        add_glued(token);
      } else {
        add_word(token);
      }
    }
    return signature_;
  }

 private:
  void put(std::uint16_t word) {
    if (signature_.count < StorySignature::kMostWords) signature_.words[signature_.count++] = word;
  }
  void put_term(int group, int value) {
    put(StorySignature::pack_term(static_cast<std::uint8_t>(group), static_cast<std::uint8_t>(value)));
  }
  const Token* token(std::size_t at) const { return at < tokens_.size() ? &tokens_[at] : nullptr; }
  bool is_number(std::size_t at) const { return at < tokens_.size() && tokens_[at].kind == Token::Kind::number; }
  static std::optional<HeadlineWord> meaning(const Token* token) {
    return token == nullptr || token->kind == Token::Kind::number ? std::nullopt : headline_word(stem(token->text));
  }

  void join_phrases() {
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
      for (const Phrase& phrase : kPhrases) {
        const auto length = static_cast<std::size_t>(std::count(phrase.words.begin(), phrase.words.end(), ' ')) + 1;
        if (i + length > tokens_.size()) continue;
        std::string text = tokens_[i].text;
        for (std::size_t k = 1; k < length; ++k) text += " " + tokens_[i + k].text;
        if (text != phrase.words) continue;
        tokens_[i].text = phrase.instead;
        tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      tokens_.begin() + static_cast<std::ptrdiff_t>(i + length));
        break;
      }
    }
  }

  /// Capitals tell names in a sentence, not in "A Title Like This" nor in ALL CAPITALS.
  void look_at_capitals() {
    constexpr std::size_t kLongEnough = 4;
    std::size_t small = 0, capital = 0, caps = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& word = tokens_[i];
      if (word.kind != Token::Kind::word) continue;
      if (word.text == "by") signature_.flags |= StorySignature::passive;
      if (word.text.size() < kLongEnough) continue;
      caps += word.all_caps;
      if (i == 0) continue;
      (word.capital ? capital : small) += 1;
    }
    all_caps_ = small == 0 && caps > capital / 2;
    if (small == 0 || (capital >= 4 && capital >= 4 * small)) signature_.flags |= StorySignature::caseless;
  }

  void add_symbol(const Token& symbol) {
    const Token* next = token(at_ + 1);
    const bool before_number = next != nullptr && notation::is_digit(next->text.front());
    if (!before_number && !near_number()) return;  // "$KSM"
    if (const auto found = headline_word(symbol.text); found && found->kind == WordKind::unit) {
      put_term(StorySignature::units + found->group, found->value);
    }
  }

  // ---- numbers
  // -------------------------------------------------------------------------------------------------------

  void add_number(const Token& number) {
    const Token* next = token(at_ + 1);
    const auto after = meaning(next);
    if (number.sign != 0) put_term(30, number.sign > 0 ? 1 : 0);
    if (after && after->kind == WordKind::span && next->hyphen) {
      put_term(StorySignature::period, byte_of(number.text + next->text.substr(0, 3)));
      ++at_;
      return;
    }
    if (beside_month()) {
      put_term(StorySignature::day, byte_of(number.text));
      return;
    }
    const auto value = whole(number.text);
    if (value && *value >= 1990 && *value < 2050 && !has_unit(after)) {
      put_term(StorySignature::year, *value - 1900);
      return;
    }
    put(StorySignature::pack(part_of_name(number, after) ? Class::name : Class::number, hash_of(number.text)));
  }

  bool has_unit(const std::optional<HeadlineWord>& after) const {
    if (after && after->kind == WordKind::unit) return true;
    return at_ > 0 && meaning(&tokens_[at_ - 1]) && meaning(&tokens_[at_ - 1])->kind == WordKind::unit;
  }

  /// "27 November", "Nov 27, 2026", "11/26/2026".
  bool beside_month() const {
    const auto is_month = [&](const Token* near) {
      const auto found = meaning(near);
      return found && found->kind == WordKind::month && (near->capital || signature_.has(StorySignature::caseless));
    };
    if ((at_ > 0 && is_month(&tokens_[at_ - 1])) || is_month(token(at_ + 1))) return true;
    const auto small = [&](std::size_t at) { return is_number(at) && tokens_[at].text.size() <= 2; };
    const auto long_year = [&](std::size_t at) { return is_number(at) && tokens_[at].text.size() == 4; };
    const bool first = small(at_) && small(at_ + 1) && long_year(at_ + 2);
    const bool second = at_ > 0 && small(at_ - 1) && small(at_) && long_year(at_ + 1);
    return first || second;
  }

  /// "Wave 40 phone", "Form 8.3": a number without a unit behind a name is part of it.
  bool part_of_name(const Token& number, const std::optional<HeadlineWord>& after) const {
    if (at_ == 0 || signature_.has(StorySignature::caseless) || number.text.size() > 3 || has_unit(after)) return false;
    const Token& before = tokens_[at_ - 1];
    return before.kind == Token::Kind::word && before.capital && !meaning(&before) && at_ + 1 < tokens_.size() &&
           tokens_[at_ + 1].kind != Token::Kind::symbol;
  }

  /// "2.1bn", "400m", "3Q", "FY26", "2:00pm", "A320".
  void add_glued(const Token& glued) {
    const std::string& text = glued.text;
    std::size_t digits = 0;
    while (digits < text.size() && notation::is_digit(text[digits])) ++digits;
    const std::string_view number = std::string_view(text).substr(0, digits);
    const std::string_view rest = std::string_view(text).substr(digits);
    const auto in_quarter = [](char c) { return c >= '1' && c <= '4'; };
    if (text.size() == 2 && text[0] == 'q' && in_quarter(text[1])) {
      return put_term(StorySignature::quarter, text[1] - '0');
    }
    if (text.size() == 2 && text[1] == 'q' && in_quarter(text[0])) {
      return put_term(StorySignature::quarter, text[0] - '0');
    }
    if (text.size() == 2 && text[0] == 'h' && in_quarter(text[1])) return put_term(StorySignature::half, text[1] - '0');
    if (text.size() == 2 && text[1] == 'h' && in_quarter(text[0])) return put_term(StorySignature::half, text[0] - '0');
    if (text.starts_with("fy") && digits == 0) {
      return put_term(StorySignature::year, byte_of(text.substr(text.size() - 2)));
    }
    if (digits > 0) {
      if (const auto unit = headline_word(rest); unit && unit->kind == WordKind::unit) {
        put(StorySignature::pack(Class::number, hash_of(number)));
        return put_term(StorySignature::units + unit->group, unit->value);
      }
      if (rest == "am" || rest == "pm" || rest == "st" || rest == "nd" || rest == "rd" || rest == "th" || rest == "x") {
        return put(StorySignature::pack(Class::number, hash_of(number)));
      }
    }
    put(StorySignature::pack(Class::name, hash_of(text)));
  }

  // ---- words
  // ---------------------------------------------------------------------------------------------------------

  void add_word(const Token& word) {
    const std::string stemmed = stem(word.text);
    const auto found = headline_word(stemmed);
    if (!found) return add_content(word, stemmed);
    switch (found->kind) {
      case WordKind::stop:
        if (found->value == 1 && word.capital && !signature_.has(StorySignature::caseless)) break;  // "Source Capital"
        return;
      case WordKind::sign:
        return put_term(found->group, found->value);
      case WordKind::negation:
        return put_term(StorySignature::negation, 1);
      case WordKind::unit:
        if (near_number()) return put_term(StorySignature::units + found->group, found->value);
        return add_content(word, stemmed);
      case WordKind::number:
        return add_number_word(word, *found);
      case WordKind::ordinal:
        return add_ordinal(word, *found, stemmed);
      case WordKind::month:
        if (word.capital || near_number()) return put_term(StorySignature::month, found->value);
        return add_content(word, stemmed);
      case WordKind::weekday:
        if (word.capital) return put_term(StorySignature::weekday, found->value);
        return add_content(word, stemmed);
      case WordKind::synonym:
        return add_content(word, stem(found->word));
      case WordKind::span:
        break;
    }
    add_content(word, stemmed);
  }

  /// Beside the number, or behind its scale ("300 million euros").
  bool near_number() const {
    const Token* next = token(at_ + 1);
    if (next != nullptr && notation::is_digit(next->text.front())) return true;
    if (at_ == 0) return false;
    if (is_number(at_ - 1)) return true;
    const auto before = meaning(&tokens_[at_ - 1]);
    const bool scaled = tokens_[at_ - 1].kind == Token::Kind::glued || (before && before->kind == WordKind::unit);
    return scaled || (before && before->kind == WordKind::number);
  }

  void add_number_word(const Token& word, const HeadlineWord& number) {
    const Token* next = token(at_ + 1);
    const auto after = meaning(next);
    const std::string digits = std::to_string(number.value);
    if (after && after->kind == WordKind::span && next->hyphen) {
      put_term(StorySignature::period, byte_of(digits + next->text.substr(0, 3)));
      ++at_;
      return;
    }
    if (word.text == "one") return;  // "no one", "one of": hardly ever a count
    put(StorySignature::pack(Class::number, hash_of(digits)));
  }

  void add_ordinal(const Token& word, const HeadlineWord& ordinal, const std::string& stemmed) {
    const Token* next = token(at_ + 1);
    if (next != nullptr && (next->text == "quarter" || next->text == "half")) {
      put_term(next->text == "half" ? StorySignature::half : StorySignature::quarter, ordinal.value);
      ++at_;
      return;
    }
    add_content(word, stemmed);
  }

  void add_content(const Token& word, const std::string& stemmed) {
    const bool first = std::exchange(first_content_, false) && signature_.count == 0;
    const bool sentence = !signature_.has(StorySignature::caseless);
    bool name = word.capital && (sentence || first);
    if (!all_caps_ && word.all_caps) name = true;
    if (word.text.ends_with('+') || word.text.ends_with('-')) name = true;
    // "Kestrian" is of Kestria: what a people is called counts as its country.
    std::string text = stemmed;
    constexpr std::size_t kPeople = 6;
    if (text.size() >= kPeople && text.ends_with("an")) text.pop_back();
    put(StorySignature::pack(name ? Class::name : Class::word, hash_of(text)));
  }

  std::vector<Token> tokens_;
  StorySignature signature_;
  std::size_t at_ = 0;
  bool all_caps_ = false, first_content_ = true;
};

constexpr std::byte kVersion{1};
constexpr std::size_t kHead = 2;

}  // namespace

StorySignature story_signature(std::string_view title) { return Builder(title).run(); }

std::vector<std::byte> to_bytes(const StorySignature& signature) {
  std::vector<std::byte> bytes{kVersion, std::byte{signature.flags}};
  for (const std::uint16_t word : signature.all()) {
    bytes.push_back(static_cast<std::byte>(word & 0xff));
    bytes.push_back(static_cast<std::byte>(word >> 8));
  }
  return bytes;
}

std::optional<StorySignature> signature_from_bytes(std::span<const std::byte> bytes) {
  if (bytes.size() < kHead || bytes[0] != kVersion || bytes.size() % 2 != 0) return std::nullopt;
  if ((bytes.size() - kHead) / 2 > StorySignature::kMostWords) return std::nullopt;
  StorySignature signature;
  signature.flags = static_cast<std::uint8_t>(bytes[1]);
  for (std::size_t at = kHead; at < bytes.size(); at += 2) {
    signature.words[signature.count++] =
        static_cast<std::uint16_t>(static_cast<unsigned>(bytes[at]) | static_cast<unsigned>(bytes[at + 1]) << 8);
  }
  return signature;
}

}  // namespace tapewatch::ingest
