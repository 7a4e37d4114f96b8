#pragma once

/// Characters of ASCII, whatever the locale says.
namespace tapewatch::ingest {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace tapewatch::ingest
