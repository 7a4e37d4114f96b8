// Tested by tests/ingest/text/text_test.cpp
#include "ingest/text/format_characters.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

namespace tapewatch::ingest {
namespace {

constexpr char32_t kZeroWidthNonJoiner = 0x200C, kZeroWidthJoiner = 0x200D;

/// Format characters without a shape and without a meaning to readers of plain text.
bool is_invisible(char32_t c) {
  const bool direction = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E);
  const bool invisible = c == 0x00AD || c == 0x200B || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
  const bool annotation = c >= 0xFFF9 && c <= 0xFFFB;
  return direction || invisible || annotation;
}

/// Whether words of the script are spelt with joiners. In the others they come from typesetting.
bool is_spelt_with_joiners(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_ARABIC:
    case USCRIPT_SYRIAC:
    case USCRIPT_MANDAIC:
    case USCRIPT_NKO:
    case USCRIPT_MONGOLIAN:
    case USCRIPT_DEVANAGARI:
    case USCRIPT_BENGALI:
    case USCRIPT_GURMUKHI:
    case USCRIPT_GUJARATI:
    case USCRIPT_ORIYA:
    case USCRIPT_TAMIL:
    case USCRIPT_TELUGU:
    case USCRIPT_KANNADA:
    case USCRIPT_MALAYALAM:
    case USCRIPT_SINHALA:
    case USCRIPT_MYANMAR:
    case USCRIPT_KHMER:
    case USCRIPT_TIBETAN:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool FormatFilter::drops(char32_t c) {
  if (c < 0x80) {
    needs_joiners_ = pictograph_ = false;
    return false;
  }
  if (c == kZeroWidthJoiner) return !needs_joiners_ && !pictograph_;
  if (c == kZeroWidthNonJoiner) return !needs_joiners_;
  const auto point = static_cast<UChar32>(c);
  if (u_charType(point) == U_FORMAT_CHAR) return is_invisible(c);
  const bool extends =
      (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0 || u_hasBinaryProperty(point, UCHAR_EMOJI_MODIFIER) != 0;
  if (!extends) {
    needs_joiners_ = is_spelt_with_joiners(point);
    pictograph_ = u_hasBinaryProperty(point, UCHAR_EXTENDED_PICTOGRAPHIC) != 0;
  }
  return false;
}

}  // namespace tapewatch::ingest
