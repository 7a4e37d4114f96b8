// Tested by tests/ingest/entity/entity_finder_test.cpp
#include "ingest/text/unspaced_script.hpp"

#include <unicode/uscript.h>

namespace tapewatch::ingest {

bool is_unspaced(UChar32 c) {
  if (c < 0x0E00) return false;
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

}  // namespace tapewatch::ingest
