// Figures side by side in any bytes: their places lie in the text, in order, and outcomes are what they say.
#include "model/text/comparisons.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const auto found = model::find_comparisons(text);
  for (const auto& comparison : found) {
    for (const auto span : {comparison.value_span, comparison.reference_span}) {
      fuzz::require(span.start < span.end && span.end <= text.size(), "a figure is within the text");
    }
    fuzz::require(comparison.value_span != comparison.reference_span, "two figures are compared");
    fuzz::require(comparison.outcome() >= -1 && comparison.outcome() <= 1, "an outcome is one of three");
  }
  const auto verdict = model::verdict_of(found);
  fuzz::require(verdict.has_value() <= !found.empty(), "without figures nothing is said");
  return 0;
}
