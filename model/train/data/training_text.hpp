#pragma once
#include <random>
#include <string>
#include <string_view>

namespace tapewatch::model::train {

using Random = std::mt19937_64;

/// In [0, 1), the same on every platform (the standard's distributions are not).
double uniform(Random& random);

/// A headline as it comes at run time: entities decoded, links, `RT @name:` and a leading `$TICKER -` gone, cashtags,
/// @names and hashtags without their sign, white space single. Deterministic.
std::string clean_headline(std::string_view text);

/// A training variant of a post: with probability `keep_raw` as it is, else cleaned, where each kind of surface mark is
/// kept, bared or dropped by chance, so that the classifier learns not to lean on them.
std::string vary_headline(std::string_view text, double keep_raw, Random& random);

}  // namespace tapewatch::model::train
