#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string_view>

#include "model/text/byte_span.hpp"
#include "model/text/lookalikes.hpp"

namespace tapewatch::model {

/// Two figures of one measure that a text puts side by side: "EPS 0.81 vs 0.95 est", "target to 12 from 15".
struct Comparison {
  ByteSpan value_span, reference_span;  // in the text, with signs and units
  double value = 0, reference = 0;      // in one unit; a credit rating counts as its rank from the worst
  bool more_is_better = true;           // of the measure

  /// 1: better than what it is compared with, 0: equal, -1: worse.
  int outcome() const {
    if (value == reference) return 0;
    return (value > reference) == more_is_better ? 1 : -1;
  }
};

/// Of as many figures as a headline has, without the heap.
using Comparisons = boost::container::small_vector<Comparison, 4>;

/// The comparisons in the first sentences of an English text, in its order: figures (signs, currencies, thousands,
/// "mln", "%", "bp", ranges) or credit ratings, of which words such as "vs", "expected", "a year ago" or "from … to"
/// say which is compared with which, beside a measure of which it is known whether more is better. In doubt there is
/// none. Any bytes are accepted.
Comparisons find_comparisons(std::string_view text);
/// The same of a text in plain letters; the places are those of the original.
Comparisons find_comparisons(const PlainText& plain);

/// What all of them say: 1, 0 (every one is equal) or -1; nothing where there are none or they contradict each other.
std::optional<int> verdict_of(const Comparisons& comparisons);

}  // namespace tapewatch::model
