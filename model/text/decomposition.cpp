// Tested by tests/model/text/unicode_test.cpp
#include "model/text/decomposition.hpp"

#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <stdexcept>

namespace tapewatch::model {
namespace {

const UNormalizer2* loaded(const UNormalizer2* (*get)(UErrorCode*)) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* const normalizer = get(&status);
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no normalisation data");
  return normalizer;
}

const UNormalizer2* normalizer_of(Decomposition kind) {
  static const UNormalizer2* const canonical = loaded(unorm2_getNFDInstance);
  static const UNormalizer2* const compatible = loaded(unorm2_getNFKDInstance);
  return kind == Decomposition::canonical ? canonical : compatible;
}

}  // namespace

std::size_t decompose(char32_t c, Decomposition kind, std::array<char32_t, kMaxDecomposed>& out) {
  UChar units[kMaxDecomposed];
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      unorm2_getDecomposition(normalizer_of(kind), static_cast<UChar32>(c), units, kMaxDecomposed, &status);
  if (length < 0 || U_FAILURE(status)) return 0;
  std::size_t count = 0;
  for (std::int32_t i = 0; i < length;) {
    UChar32 part = 0;
    U16_NEXT_UNSAFE(units, i, part);
    out[count++] = static_cast<char32_t>(part);
  }
  return count;
}

}  // namespace tapewatch::model
