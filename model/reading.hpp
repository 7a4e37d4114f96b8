#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/text/batch.hpp"
#include "model/text/tokenizer.hpp"
#include "model/text/vocabulary.hpp"
#include "model/text/windows.hpp"

namespace tapewatch::model {

/// Bytes [start, end) of a text.
struct ByteSpan {
  std::size_t start = 0, end = 0;
  bool operator==(const ByteSpan&) const = default;
};

/// Where a text names one entity. None: the text as a whole is asked about it.
using Mentions = std::vector<ByteSpan>;

/// A text to be scored and the entities that it is asked about. Views: what they show outlives the call.
struct TextInput {
  std::string_view text;
  std::span<const Mentions> entities = {};
  std::span<const ByteSpan> removed = {};  // left out, as if it were not there; in order, disjoint
};

/// Takes the pieces that overlap one of `spans` (in order, disjoint) out of the encoding.
void remove_pieces(Encoding& encoding, std::span<const ByteSpan> spans);

/// What goes through the encoder as one: pieces of an encoding between its [CLS] and its [SEP].
struct Window {
  std::size_t text = 0;
  TokenRange pieces;  // of Encoding::tokens
  float weight = 1;   // of its logits in the text's; they sum to 1 over a text

  std::size_t tokens() const { return pieces.size() + 2; }
};

/// An entity asked about in one window.
struct WindowQuestion {
  std::size_t window = 0, entity = 0;  // `entity`: among those of the window's text
  std::vector<TokenRange> mentions;    // tokens of the window, [CLS] is 0; none: all of them
  float weight = 1;                    // of its logits in the entity's; they sum to 1 over an entity
};

/// How texts are read: the windows in the order of their texts, the questions in the order of their windows.
struct ReadingPlan {
  std::vector<Window> windows;
  std::vector<WindowQuestion> questions;

  void clear();
  /// Adds text number `text`. A byte span stands for the pieces that overlap it, and each mention is read in the window
  /// that holds it most centrally; mentions in several windows are weighed by their pieces. An entity without a piece
  /// (named by the source alone, or past the end of what is read) is asked about all tokens, window by window.
  void add(std::size_t text, const Encoding& encoding, std::span<const Mentions> entities, const WindowLimits& limits,
           const Vocabulary& vocabulary);

 private:
  void ask(std::size_t entity, std::span<const TokenRange> mentions, std::size_t first_window);
};

}  // namespace tapewatch::model
