#include "config/notation/ascii.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("only the letters of ASCII change their case") {
  std::string bytes, lower;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
    lower += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
  }
  CHECK(ascii_lower(bytes) == lower);
  for (const char c : bytes) {
    CHECK(ascii_lower(ascii_upper(c)) == ascii_lower(c));
    CHECK(is_ascii_alphanumeric(c) == (is_digit(c) || ascii_lower(c) != ascii_upper(c)));
  }
  CHECK(ascii_lower("\xC3\x89T\xC3\x89") == "\xC3\x89t\xC3\x89");
}

TEST_CASE("names are equal in any case, and only then") {
  CHECK(equal_in_any_case("Transfer-Encoding", "transfer-encoding"));
  CHECK(equal_in_any_case("", ""));
  CHECK_FALSE(equal_in_any_case("chunked", "chunke"));
  CHECK_FALSE(equal_in_any_case("[", "{"));  // 32 apart, as 'A' and 'a' are
  CHECK_FALSE(equal_in_any_case("\xC3\x89", "\xC3\xA9"));
}

TEST_CASE("a text is trimmed of what counts as blank there") {
  CHECK(trimmed(" \t a b\r\n") == "a b");
  CHECK(trimmed(" a\r", kBlanks) == "a\r");
  CHECK(trimmed(" \r\n").empty());
  CHECK(trimmed("").empty());
  CHECK(stripped(std::string_view("\0\x1F a \x7F ", 8)) == "a \x7F");
  CHECK(stripped("\xC2\xA0") == "\xC2\xA0");
}
