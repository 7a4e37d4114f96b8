#include "model/text/tokenizer.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "config/notation/utf8.hpp"
#include "model/text/lookalikes.hpp"

namespace tapewatch::model {
namespace {

constexpr std::size_t kMaxWordCharacters = 100;  // longer words are one [UNK], as in the published tokenizer

struct Range {
  std::uint32_t start, end;
};

/// The word being read: its folded UTF-8 and, for every folded character, its origin.
class Word {
 public:
  bool empty() const { return characters_ == 0; }
  bool too_long() const { return characters_ > kMaxWordCharacters; }
  std::string_view text() const { return {bytes_.data(), ends_[stored() - 1]}; }
  Range whole() const { return {start_, end_}; }

  void append(char32_t c, Range source) {
    if (characters_ == 0) start_ = source.start;
    end_ = source.end;
    if (characters_ < kMaxWordCharacters) {
      const auto at = characters_ == 0 ? 0 : ends_[characters_ - 1];
      ends_[characters_] = static_cast<std::uint16_t>(at + notation::encode_utf8(c, bytes_.data() + at));
      sources_[characters_] = source;
    }
    characters_ = std::min(characters_ + 1, kMaxWordCharacters + 1);
  }

  /// A stripped mark belongs to the character before it.
  void extend(Range source) {
    if (empty()) return;
    end_ = source.end;
    if (!too_long()) sources_[characters_ - 1].end = source.end;
  }

  void clear() { characters_ = 0; }

  std::size_t characters() const { return stored(); }
  std::uint32_t begin_of(std::size_t character) const { return character == 0 ? 0 : ends_[character - 1]; }
  std::uint32_t end_of(std::size_t character) const { return ends_[character]; }
  Range source(std::size_t first, std::size_t last) const { return {sources_[first].start, sources_[last].end}; }

 private:
  std::size_t stored() const { return std::min(characters_, kMaxWordCharacters); }

  std::array<char, kMaxWordCharacters * 4> bytes_;
  std::array<std::uint16_t, kMaxWordCharacters> ends_;
  std::array<Range, kMaxWordCharacters> sources_;
  std::size_t characters_ = 0;
  std::uint32_t start_ = 0, end_ = 0;
};

/// Collects pieces up to a limit; full() once one did not fit.
class Pieces {
 public:
  Pieces(const Vocabulary& vocabulary, std::size_t max_tokens, Encoding& out)
      : vocabulary_(vocabulary), limit_(max_tokens - 1), out_(out) {}

  bool full() const { return out_.truncated; }

  void add_word(Word& word) {
    if (word.empty()) return;
    if (word.too_long() || !split(word)) add(vocabulary_.unknown(), word.whole());
    word.clear();
  }

 private:
  void add(std::int32_t id, Range source) {
    if (out_.tokens.size() < limit_) {
      out_.tokens.push_back({id, source.start, source.end});
    } else {
      out_.truncated = true;
    }
  }

  // Greedy longest match; a word with a part that matches no piece is unknown as a whole.
  bool split(const Word& word) {
    const auto text = word.text();
    std::array<Token, kMaxWordCharacters> found;
    std::size_t count = 0;
    for (std::size_t first = 0; first < word.characters();) {
      const auto begin = word.begin_of(first);
      auto last = word.characters();
      auto id = Vocabulary::kNone;
      while (last-- > first) {
        const auto length = word.end_of(last) - begin;
        if (length > vocabulary_.longest_piece()) continue;
        const auto candidate = text.substr(begin, length);
        id = first == 0 ? vocabulary_.find_start(candidate) : vocabulary_.find_continuation(candidate);
        if (id != Vocabulary::kNone) break;
      }
      if (id == Vocabulary::kNone) return false;
      const auto source = word.source(first, last);
      found[count++] = {id, source.start, source.end};
      first = last + 1;
    }
    for (std::size_t i = 0; i < count && !full(); ++i) add(found[i].id, {found[i].start, found[i].end});
    return true;
  }

  const Vocabulary& vocabulary_;
  std::size_t limit_;  // of the pieces with [CLS]; one place is kept for [SEP]
  Encoding& out_;
};

}  // namespace

Tokenizer::Tokenizer(const Vocabulary& vocabulary, Folding folding) : vocabulary_(&vocabulary), folding_(folding) {}

Encoding Tokenizer::encode(std::string_view text, std::size_t max_tokens) const {
  Encoding encoding;
  encode(text, max_tokens, encoding);
  return encoding;
}

void Tokenizer::encode(std::string_view text, std::size_t max_tokens, Encoding& encoding) const {
  text = text.substr(0, std::numeric_limits<std::uint32_t>::max());
  encoding.tokens.clear();
  encoding.truncated = false;
  encoding.tokens.push_back({vocabulary_->cls(), 0, 0});
  Pieces pieces(*vocabulary_, std::max<std::size_t>(max_tokens, 2), encoding);
  Word word;
  std::size_t at = folding_.lookalikes ? bullets_in_front(text) : 0;
  while (at < text.size() && !pieces.full()) {
    auto point = notation::decode_utf8(text, at);
    const Range source{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + point.length)};
    at += point.length;
    auto kind = classify(point.value);
    if (kind == CharacterClass::dropped) continue;
    if (folding_.lookalikes && point.value >= 0x80) {
      if (is_picture(point.value) && !is_known(point.value)) kind = CharacterClass::space;
      point.value = as_latin(text, word.empty() ? source.start : word.whole().start, point.value);
    }
    if (kind != CharacterClass::other) pieces.add_word(word);
    if (kind == CharacterClass::space) continue;
    std::array<char32_t, kMaxFolded> folded;
    const auto count = fold(point.value, folded.data(), folding_);
    if (count == 0) word.extend(source);
    for (std::size_t i = 0; i < count; ++i) {
      const bool apart = is_punctuation(folded[i]);
      if (apart) pieces.add_word(word);
      word.append(folded[i], source);
      if (apart) pieces.add_word(word);
    }
    if (kind == CharacterClass::ideograph) pieces.add_word(word);
  }
  pieces.add_word(word);
  const auto end = encoding.tokens.back().end;
  encoding.tokens.push_back({vocabulary_->sep(), end, end});
}

/// Whether the vocabulary has the character as a word.
bool Tokenizer::is_known(char32_t c) const {
  std::array<char, 4> bytes;
  return vocabulary_->find_start({bytes.data(), notation::encode_utf8(c, bytes.data())}) != Vocabulary::kNone;
}

}  // namespace tapewatch::model
