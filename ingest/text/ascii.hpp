#pragma once

/// Characters of ASCII, whatever the locale says.
namespace tapewatch::ingest {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace tapewatch::ingest
