#include "model/text/comparisons.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "model/text/figures.hpp"

namespace tapewatch::model {
namespace {

using Kind = FigurePiece::Kind;
using enum ComparisonTerm;

constexpr std::size_t kSentences = 2;      // in which news gives its figures; behind them is background
constexpr std::size_t kMarkerReach = 5;    // words between a figure and the word that makes it a reference
constexpr std::size_t kMeasureReach = 10;  // words between a measure and its first figure
constexpr std::size_t kBehindReach = 2;    // words between the second figure and a measure behind it
constexpr std::size_t kResultReach = 3;    // words between a figure and the profit or loss that it is
constexpr std::size_t kPartnerReach = 14;  // pieces between two figures that are compared
constexpr double kSameScale = 5;           // largest ratio of two figures of which only one has a scale

constexpr double kFarApart = 10;  // largest ratio of two figures of one measure
constexpr double kNearlyEqual = 0.004;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// What another figure is compared with, and how sure that is.
enum class Marked { no, maybe, surely };
struct Reference {
  Marked marked = Marked::no;
  bool before = false;  // what it was before, not what was expected
};

bool likes_more(ComparisonTerm term) { return term == higher || term == profit || term == dividend || term == goal; }
bool likes_less(ComparisonTerm term) { return term == lower || term == loss; }
bool is_measure(const FigurePiece& piece) { return piece.term && (likes_more(*piece.term) || likes_less(*piece.term)); }

/// Finds the comparisons among the pieces of a text.
class Finder {
 public:
  explicit Finder(const FigurePieces& pieces) : pieces_(pieces) {}

  Comparisons find() {
    Comparisons found;
    boost::container::small_vector<Pair, 8> pairs;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i].kind != Kind::figure) continue;
      const Reference reference = reference_of(i);
      if (reference.marked == Marked::no || is_preview(i) || is_difference(i)) continue;
      const std::size_t value = partner_of(i);
      if (value == kNone) continue;
      const auto same = std::ranges::find(pairs, value, &Pair::value);
      if (same == pairs.end()) {
        pairs.push_back({value, i, reference.before});
      } else if (same->before && !reference.before) {  // of two references the expected one counts
        *same = {value, i, false};
      }
    }
    for (const auto& pair : pairs) {
      const auto comparison = compare(pair.value, pair.reference);
      if (comparison && !contradicted(pair.value, comparison->outcome())) found.push_back(*comparison);
    }
    return found;
  }

 private:
  struct Pair {
    std::size_t value = 0, reference = 0;
    bool before = false;
  };

  bool in_sentence(std::size_t i) const { return i < pieces_.size() && pieces_[i].kind != Kind::stop; }

  bool sentence_has(std::size_t figure, ComparisonTerm term) const {
    for (std::size_t i = figure; i-- > 0 && in_sentence(i);) {
      if (pieces_[i].term == term) return true;
    }
    for (std::size_t i = figure; in_sentence(i); ++i) {
      if (pieces_[i].term == term) return true;
    }
    return false;
  }
  bool is_preview(std::size_t figure) const { return sentence_has(figure, preview); }

  /// Words say something else: there is more to it than these figures.
  bool contradicted(std::size_t figure, int outcome) const {
    return (outcome >= 0 && sentence_has(figure, blame)) || (outcome <= 0 && sentence_has(figure, praise));
  }

  /// Whether the figure is a reference, by the words in front of it and behind it.
  Reference reference_of(std::size_t figure) const {
    const Reference front = reference_in_front(figure), back = reference_behind(figure);
    return {std::max(front.marked, back.marked), (front.before || back.before) && !expected_near(figure)};
  }
  Marked marked(std::size_t figure) const { return reference_of(figure).marked; }

  bool expected_near(std::size_t figure) const {
    for (std::size_t i = figure; i-- > 0 && pieces_[i].kind == Kind::word;) {
      if (pieces_[i].term == around) return true;
    }
    for (std::size_t i = figure + 1; i < pieces_.size() && pieces_[i].kind == Kind::word; ++i) {
      if (pieces_[i].term == around) return true;
    }
    return false;
  }

  Reference reference_in_front(std::size_t figure) const {
    Reference reference;
    std::size_t words = 0;
    for (std::size_t i = figure; i-- > 0 && in_sentence(i) && words <= kMarkerReach;) {
      const auto& piece = pieces_[i];
      if (piece.kind == Kind::separator && piece.opens && i + 1 == figure && pieces_[figure].figure.value < 0) continue;
      if (piece.kind != Kind::word) {
        if (is_in_brackets_behind_figure(figure, i)) return {Marked::surely, true};
        break;
      }
      ++words;
      if (piece.term == now) return {};
      if (piece.term == from && (words == 1 || (words == 2 && !pieces_[i + 1].capital))) return {Marked::surely, true};
      if (piece.term == ahead && words <= kMarkerReach) return {Marked::surely, reference.before};
      if (piece.term == around) reference = {Marked::maybe, false};
      if (piece.term == prior || (piece.term == behind && separated_before(i))) reference = {Marked::maybe, true};
      if (piece.term == to && !(i > 0 && pieces_[i - 1].term == ahead)) break;  // "compared to"
    }
    return reference;
  }

  /// "1.04 (1.01)", "2.2% (Dec: 3.0%)": of words only what could say when or who.
  bool is_in_brackets_behind_figure(std::size_t figure, std::size_t bracket) const {
    if (bracket == 0 || !pieces_[bracket].opens || pieces_[bracket - 1].kind != Kind::figure) return false;
    if (figure + 1 >= pieces_.size() || !pieces_[figure + 1].closes) return false;
    return std::all_of(pieces_.begin() + static_cast<std::ptrdiff_t>(bracket) + 1,
                       pieces_.begin() + static_cast<std::ptrdiff_t>(figure),
                       [](const FigurePiece& word) { return word.term || word.compound; });
  }

  /// No figure stands between the last separator and piece `i`.
  bool separated_before(std::size_t i) const {
    while (i-- > 0 && in_sentence(i)) {
      if (pieces_[i].kind == Kind::figure) return false;
      if (pieces_[i].kind == Kind::separator) return true;
    }
    return true;
  }

  Reference reference_behind(std::size_t figure) const {
    Reference reference;
    std::size_t words = 0;
    for (std::size_t i = figure + 1; in_sentence(i) && words <= kMarkerReach; ++i) {
      const auto& piece = pieces_[i];
      if (piece.kind == Kind::separator) return reference;
      if (piece.kind == Kind::figure) return {};  // the words are the next one's
      ++words;
      if (piece.term == behind) return {Marked::surely, true};
      if (piece.term == around) reference = {Marked::maybe, false};
      if (piece.term == prior) reference = {Marked::maybe, true};
      if (piece.term == ahead || piece.term == from || piece.term == to) return {};
    }
    return reference;
  }

  bool comparable(std::size_t a, std::size_t b) const {
    const auto x = pieces_[a].figure.unit, y = pieces_[b].figure.unit;
    if (x == y) return true;
    if ((x == FigureUnit::percent && pieces_[b].figure.scale != 1) ||
        (y == FigureUnit::percent && pieces_[a].figure.scale != 1)) {
      return false;
    }
    return x != FigureUnit::rating && y != FigureUnit::rating && (x == FigureUnit::plain || y == FigureUnit::plain);
  }

  bool is_difference(std::size_t figure) const {
    return in_sentence(figure + 1) && pieces_[figure + 1].term == difference;
  }

  bool can_be_value(std::size_t i, std::size_t reference) const {
    return pieces_[i].kind == Kind::figure && !is_difference(i) && comparable(i, reference) &&
           marked(i) < marked(reference);
  }

  /// The figure that is compared with the reference: behind it in "from 3 to 4", else the nearest in front of it, else
  /// the nearest behind it.
  std::size_t partner_of(std::size_t reference) const {
    const std::size_t next = reference + 1;
    if (in_sentence(next) && pieces_[next].term == to) {
      if (const std::size_t found = next_value(reference); found != kNone) return found;
    }
    for (std::size_t i = reference, steps = 0; i-- > 0 && in_sentence(i) && steps < kPartnerReach; ++steps) {
      if (can_be_value(i, reference)) return i;
    }
    return next_value(reference);
  }

  /// Only what says of itself what it is: "forecast 0.2; came in at 0.4", "est 0.95; EPS 0.81".
  std::size_t next_value(std::size_t reference) const {
    bool said = pieces_[reference + 1 < pieces_.size() ? reference + 1 : reference].term == to;
    for (std::size_t i = reference + 1, steps = 0; in_sentence(i) && steps < kPartnerReach; ++i, ++steps) {
      if (pieces_[i].term == unclear) return kNone;
      said |= pieces_[i].term == now || is_measure(pieces_[i]);
      if (said && can_be_value(i, reference)) return i;
    }
    return kNone;
  }

  std::optional<Comparison> compare(std::size_t value, std::size_t reference) const {
    const std::size_t first = std::min(value, reference), second = std::max(value, reference);
    const auto &x = pieces_[value].figure, &y = pieces_[reference].figure;
    Comparison comparison{.value_span = pieces_[value].span, .reference_span = pieces_[reference].span};
    std::tie(comparison.value, comparison.reference) = in_one_unit(x, y);
    const bool shares = x.unit == FigureUnit::percent || y.unit == FigureUnit::percent;
    if (far_apart(comparison.value, comparison.reference, shares)) return std::nullopt;
    if (x.unit == FigureUnit::rating) return comparison;
    if (nearly_equal(comparison.value, comparison.reference)) return std::nullopt;
    const std::size_t measure = measure_of(first, second);
    if (measure == kNone) return std::nullopt;
    const auto more = more_is_better(measure);
    if (!more) return std::nullopt;
    comparison.more_is_better = *more;
    const auto first_result = result_of(first, 0), second_result = result_of(second, first);
    if (first_result && second_result && first_result != second_result) {
      comparison.more_is_better = true;
      ((first_result == loss) == (first == value) ? comparison.value : comparison.reference) *= -1;
    }
    return comparison;
  }

  /// Neither better nor as much, for most readers.
  static bool nearly_equal(double x, double y) { return x != y && std::fabs(x - y) < kNearlyEqual * std::fabs(y); }

  /// Figures that differ this much count different things.
  static bool far_apart(double x, double y, bool shares) {
    const double a = std::fabs(x), b = std::fabs(y);
    return (!shares || std::min(a, b) >= 1) && std::max(a, b) > kFarApart * std::min(a, b);
  }

  static std::pair<double, double> in_one_unit(const Figure& x, const Figure& y) {
    double x_scale = x.scale, y_scale = y.scale;
    const bool alike = x.value != 0 && y.value != 0 && std::fabs(x.value / y.value) < kSameScale &&
                       std::fabs(y.value / x.value) < kSameScale;
    const auto takes = [&](const Figure& one, double scale) {  // "412 vs 398m", not "$1.02 vs 3 cents"
      return alike && one.scale == 1 && (scale >= 1 || !one.signed_currency);
    };
    if (takes(x, y.scale)) x_scale = y.scale;
    if (takes(y, x.scale)) y_scale = x.scale;
    return {x.value * x_scale, y.value * y_scale};
  }

  /// The measure nearest in front of the first figure, else between the figures, else behind them.
  std::size_t measure_of(std::size_t first, std::size_t second) const {
    std::size_t words = 0;
    for (std::size_t i = first; i-- > 0 && in_sentence(i) && words < kMeasureReach; ++words) {
      if (pieces_[i].term == unclear && !(i > 0 && pieces_[i - 1].term == dividend)) return kNone;
      if (is_measure(pieces_[i])) return i;
    }
    for (std::size_t i = first; i < second; ++i) {
      if (is_measure(pieces_[i]) && pieces_[i].term != goal) return i;
    }
    for (std::size_t i = second + 1; in_sentence(i) && i <= second + kBehindReach; ++i) {
      if (is_measure(pieces_[i]) && pieces_[i].term != goal) return i;
    }
    return kNone;
  }

  /// Whether the figure is a profit or a loss, by the words behind it ("87 bln won operating loss") or in front of it,
  /// not before piece `from_piece`; nothing for another measure.
  std::optional<ComparisonTerm> result_of(std::size_t figure, std::size_t from_piece) const {
    for (std::size_t i = figure + 1; i < pieces_.size() && i <= figure + kResultReach; ++i) {
      const auto& piece = pieces_[i];
      if (piece.kind != Kind::word || piece.term == from || piece.term == to || piece.term == ahead) break;
      if (piece.term == profit || piece.term == loss) return piece.term;
    }
    for (std::size_t i = figure; i-- > from_piece && in_sentence(i);) {
      if (is_measure(pieces_[i])) {
        return pieces_[i].term == profit || pieces_[i].term == loss ? pieces_[i].term : std::nullopt;
      }
    }
    return std::nullopt;
  }

  /// "Debt/EBITDA", "cost of sales", "claims growth": the first word decides. A dividend's yield is a measure of more.
  std::optional<bool> more_is_better(std::size_t measure) const {
    const bool more = likes_more(*pieces_[measure].term);
    for (std::size_t i = measure, words = 0; i-- > 0 && in_sentence(i) && words < 2; ++words) {
      if (pieces_[i].kind == Kind::figure || (pieces_[i].kind == Kind::separator && words > 0)) break;
      if (pieces_[i].term == unclear) return std::nullopt;
      if (more && pieces_[measure].term != dividend && pieces_[i].term && likes_less(*pieces_[i].term)) return false;
      if (!more && pieces_[i].term == dividend) return true;
    }
    return more;
  }

  const FigurePieces& pieces_;
};

}  // namespace

Comparisons find_comparisons(std::string_view text) {
  const auto pieces = figure_pieces(text, kSentences);
  if (std::ranges::count(pieces, Kind::figure, &FigurePiece::kind) < 2) return {};
  return Finder(pieces).find();
}

Comparisons find_comparisons(const PlainText& plain) {
  Comparisons found = find_comparisons(std::string_view(plain.text));
  for (Comparison& one : found) {
    one.value_span = plain.original(one.value_span);
    one.reference_span = plain.original(one.reference_span);
  }
  return found;
}

std::optional<int> verdict_of(const Comparisons& comparisons) {
  std::optional<int> verdict;
  for (const auto& comparison : comparisons) {
    const int outcome = comparison.outcome();
    if (!verdict || *verdict == 0) {
      verdict = outcome;
    } else if (outcome != 0 && outcome != *verdict) {
      return std::nullopt;
    }
  }
  return verdict;
}

}  // namespace tapewatch::model
