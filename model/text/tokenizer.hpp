#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/text/unicode.hpp"
#include "model/text/vocabulary.hpp"

namespace tapewatch::model {

/// A piece of the text; `start` and `end` are byte offsets in the text as given ([CLS] and [SEP] have start == end).
struct Token {
  std::int32_t id = 0;
  std::uint32_t start = 0, end = 0;
  bool operator==(const Token&) const = default;
};

/// `truncated`: the text had more pieces than fitted.
struct Encoding {
  std::vector<Token> tokens;
  bool truncated = false;
};

/// BERT's tokenizer: text cleaning, ideographs separated, accents stripped and lower case (as `folding` says),
/// punctuation separated, then WordPiece by greedy longest match (Devlin et al. 2018; same ids as the published
/// `bert-base-uncased` tokenizer). Names of special tokens in a text are ordinary text here: a headline is data and
/// cannot write a [SEP]. With `folding.lookalikes` what only looks different is read as plain letters, and pictures
/// that the vocabulary lacks as blanks. Reads only as far as necessary, whatever the text's length. Const, shared by
/// threads.
class Tokenizer {
 public:
  /// Keeps a reference: the vocabulary must outlive the tokenizer.
  explicit Tokenizer(const Vocabulary& vocabulary, Folding folding = {});

  /// [CLS] pieces… [SEP], at most `max_tokens` (at least 2) in all. Any bytes are accepted; ill-formed UTF-8 is
  /// dropped, like U+FFFD. Text beyond 4 GiB is ignored.
  Encoding encode(std::string_view text, std::size_t max_tokens) const;
  /// The same into a reusable buffer.
  void encode(std::string_view text, std::size_t max_tokens, Encoding& encoding) const;

 private:
  bool is_known(char32_t c) const;

  const Vocabulary* vocabulary_;
  Folding folding_;
};

}  // namespace tapewatch::model
