#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "model/text/comparison_terms.hpp"

namespace tapewatch::model {

/// What a figure counts.
enum class FigureUnit { plain, percent, points, times, rating };

/// A number of a text with its sign, currency and unit, or a credit rating.
struct Figure {
  double value = 0;  // without its scale; of a range the middle; of a rating the rank from the worst
  double scale = 1;  // 1e6 of "412 mln"; 1 where none is written
  FigureUnit unit = FigureUnit::plain;
  bool signed_currency = false;  // "$", "€"
};

/// What the word means beside figures, in any case; nothing for most words.
std::optional<ComparisonTerm> term_of(std::string_view word);

/// The letters of a currency: "EUR", "Rs".
bool is_currency(std::string_view word);
/// Of the sign of a currency, or of a minus or dash, that the text begins with; 0: none.
std::size_t currency_sign_length(std::string_view text);
std::size_t dash_length(std::string_view text);

/// The rank from the worst of a credit rating in S&P's and Fitch's letters or Moody's. Single letters are words.
std::optional<int> rating_rank(std::string_view word);

/// The digits that the text begins with, commas and points being thousands or decimals as they stand. `length` becomes
/// theirs.
std::optional<double> read_digits(std::string_view text, std::size_t& length);

/// Whether these digits of a bare figure are a year.
bool is_year(const Figure& figure, std::string_view digits);

/// Applies the unit or scale that a term is; false if it is neither.
bool apply_unit(ComparisonTerm term, Figure& figure);

}  // namespace tapewatch::model
