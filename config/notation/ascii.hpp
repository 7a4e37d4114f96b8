#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace tapewatch::notation {

/// ASCII, whatever the locale says: what protocols and formats compare, fold and cut. Bytes above 0x7F stay as they
/// are; the letters of people's languages are ICU's.

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_ascii_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_ascii_letter(char c) { return is_ascii_upper(c) || is_ascii_lower(c); }
constexpr bool is_ascii_alphanumeric(char c) { return is_ascii_letter(c) || is_digit(c); }
/// Prints something: no blank and no control character.
constexpr bool is_ascii_graphic(char c) { return c > ' ' && c < '\x7f'; }

constexpr char ascii_lower(char c) { return is_ascii_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr char ascii_upper(char c) { return is_ascii_lower(c) ? static_cast<char>(c - ('a' - 'A')) : c; }

inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

/// Equal but for the case of ASCII letters: names of headers, codings, HTML elements.
constexpr bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

inline constexpr std::string_view kBlanks = " \t";  ///< RFC 9110's OWS
inline constexpr std::string_view kWhiteSpace = " \t\r\n";

/// Without the bytes of `blanks` at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kWhiteSpace) {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Without spaces and control characters at both ends, as the URL standard has it.
constexpr std::string_view stripped(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace tapewatch::notation
