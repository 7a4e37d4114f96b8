#pragma once
#include <unicode/umachine.h>

namespace tapewatch::ingest {

/// Whether `c` is a letter of a script that is written without spaces between words (Chinese, Japanese, Thai, Lao,
/// Khmer, Burmese): there a letter next to a match does not mean that the word goes on.
bool is_unspaced(UChar32 c);

}  // namespace tapewatch::ingest
