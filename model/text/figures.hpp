#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string_view>

#include "model/text/byte_span.hpp"
#include "model/text/comparison_terms.hpp"
#include "model/text/figure_values.hpp"

namespace tapewatch::model {

/// A part of a sentence as the reader of figures sees it.
struct FigurePiece {
  enum class Kind { word, figure, separator, stop };
  Kind kind = Kind::word;
  ByteSpan span;
  std::optional<ComparisonTerm> term = {};  // of a word that is one
  Figure figure = {};                       // of a figure
  bool opens = false, closes = false;       // of a separator: a bracket
  bool capital = false, compound = false;   // of a word: begins with a capital; has a digit
};
using FigurePieces = boost::container::small_vector<FigurePiece, 96>;

/// The words, figures and marks of the first `sentences` sentences of a text. Years, days, times of day, ordinals and
/// compounds ("2027", "4 May", "09:30", "3rd", "10-year", "Q3") are words.
FigurePieces figure_pieces(std::string_view text, std::size_t sentences);

}  // namespace tapewatch::model
