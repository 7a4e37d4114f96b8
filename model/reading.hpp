#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/text/batch.hpp"
#include "model/text/byte_span.hpp"
#include "model/text/tokenizer.hpp"
#include "model/text/vocabulary.hpp"
#include "model/text/windows.hpp"

namespace tapewatch::model {

/// The mentions of one entity in a text. None: the question is about the whole text.
using Mentions = std::vector<ByteSpan>;

/// A text to be scored and the entities to ask about. Views: their targets must outlive the call.
struct TextInput {
  std::string_view text;
  std::span<const Mentions> entities = {};
  std::span<const ByteSpan> removed = {};  // left out as if missing; in order, disjoint
  std::optional<float> neutral_bias = {};  // of its source; none: the one for all
};

/// Removes the pieces that overlap one of `spans` (in order, disjoint) from the encoding.
void remove_pieces(Encoding& encoding, std::span<const ByteSpan> spans);

/// A unit for the encoder: pieces of an encoding between its [CLS] and its [SEP].
struct Window {
  std::size_t text = 0;
  TokenRange pieces;  // of Encoding::tokens
  float weight = 1;   // weight of its logits in the text's; the weights of a text sum to 1

  std::size_t tokens() const { return pieces.size() + 2; }
};

/// Pieces of the mentions of one entity; of the few that a text usually has, without the heap.
using MentionedPieces = boost::container::small_vector<TokenRange, 4>;

/// An entity asked about in one window.
struct WindowQuestion {
  std::size_t window = 0, entity = 0;  // `entity`: among those of the window's text
  MentionedPieces mentions;            // tokens of the window, [CLS] is 0; empty: all of them
  float weight = 1;                    // weight of its logits in the entity's; the weights of an entity sum to 1
};

/// The first pieces of a text that are read once more alone, beside the rest: an article's title.
struct TitleReading {
  std::size_t pieces = 0;  // 0: none
  float weight = 0;        // of its logits in the text's; the windows share the rest
};

/// How texts are read: the windows in the order of their texts, the questions in the order of their windows.
struct ReadingPlan {
  std::vector<Window> windows;
  std::vector<WindowQuestion> questions;

  void clear();
  /// Adds text number `text`. A byte span means the pieces that overlap it, and each mention is read in the window
  /// where it is most central; mentions in several windows are weighted by their pieces. For an entity without a piece
  /// (named only by the source, or beyond the part that is read) the question is about all tokens, window by window.
  /// Questions are not asked of the title alone.
  void add(std::size_t text, const Encoding& encoding, std::span<const Mentions> entities, const WindowLimits& limits,
           const Vocabulary& vocabulary, TitleReading title = {});

 private:
  void ask(std::size_t entity, std::span<const TokenRange> mentions, std::size_t first_window);
};

}  // namespace tapewatch::model
