#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// A text prepared for comparison: NFKC with case folding, typographic quotes and dashes made plain, runs of white
/// space reduced to one space. origin[i] is the byte offset in the given text of what became byte i; origin.back() is
/// the given text's size.
struct FoldedText {
  std::string text;
  std::vector<std::uint32_t> origin;
};

/// Expects valid UTF-8 below 4 GiB; linear.
FoldedText fold_text(std::string_view text);

/// The same without the offsets.
std::string fold(std::string_view text);

}  // namespace tapewatch::ingest
