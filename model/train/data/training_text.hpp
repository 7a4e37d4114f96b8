#pragma once
#include <random>
#include <string>
#include <string_view>

namespace tapewatch::model::train {

using Random = std::mt19937_64;

/// In [0, 1), the same on every platform (the standard's distributions are not).
double uniform(Random& random);

/// A headline as at run time: entities decoded; links, `RT @name:` and a leading `$TICKER -` removed; cashtags, @names
/// and hashtags without their sign; single spaces. Deterministic.
std::string clean_headline(std::string_view text);

/// A training variant of a post: with probability `keep_raw` unchanged, else cleaned, where each kind of surface mark
/// is kept, stripped of its sign or dropped by chance, so that the classifier does not rely on them.
std::string vary_headline(std::string_view text, double keep_raw, Random& random);

}  // namespace tapewatch::model::train
