#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <span>

#include "model/text/batch.hpp"
#include "model/text/tokenizer.hpp"
#include "model/text/vocabulary.hpp"

namespace tapewatch::model {

/// How texts longer than the model's window are read: in overlapping windows, each half a window after the last.
struct WindowLimits {
  std::size_t pieces = 0;   // of a window, without its [CLS] and [SEP]; at least 1
  std::size_t windows = 1;  // of a text, at most; at least 1

  std::size_t stride() const { return pieces > 1 ? pieces / 2 : 1; }
  /// Pieces of a text that can be read.
  std::size_t reach() const { return pieces + (windows - 1) * stride(); }
};

/// Of as many windows as a text usually has at most, without the heap.
template <class T>
using PerWindow = boost::container::small_vector<T, 8>;

/// The windows of an encoding of at most limits.reach() pieces, as ranges of `tokens` ([CLS] is token 0): as few as
/// reach its end, evenly spread, cut between words if there is a gap between words nearby. Each piece is in one of
/// them, and a stretch of up to a quarter of a window is complete in one of them wherever it is, so that windows do not
/// depend on mentions: a text's own scores do not depend on the entities asked about.
PerWindow<TokenRange> cut_windows(std::span<const Token> tokens, const WindowLimits& limits,
                                  const Vocabulary& vocabulary);

/// The share of each window in the text: every piece has one vote, split among the windows that hold it. They sum to 1.
///
/// The logits of a text are the mean of its windows' by these weights. The heads are linear and pool by the mean of the
/// token states, so this equals the head on the mean over all pieces of the text, as with one window.
PerWindow<float> window_weights(std::span<const TokenRange> windows);

/// The window that holds `pieces` with the most context on its shorter side; the first of equals.
std::size_t most_central(std::span<const TokenRange> windows, TokenRange pieces);

}  // namespace tapewatch::model
