#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model::test {

/// A text as another wire, a careless typist or a half-cleaned page would write it: the meaning is the same.
struct Perturbed {
  std::string_view kind;  // case, punctuation, ticker, number, typo, link, markup
  std::string text;
};

/// Every perturbation of a headline, in a fixed order; those that change nothing are left out. `salt`: which word is
/// mistyped, so that a set of texts has slips in all places.
std::vector<Perturbed> perturbations(std::string_view text, std::size_t salt);

}  // namespace tapewatch::model::test
