#include "config/notation/plain_ascii.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("plain ASCII: each byte at each place decides") {
  for (std::size_t size = 1; size <= 17; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(byte);
        const bool plain = byte >= ' ' && byte < 0x80 && byte != '"' && byte != '\\';
        if (is_plain_ascii(text) != plain) FAIL("byte " << byte << " at " << at << " of " << size);
      }
    }
  }
  CHECK(is_plain_ascii(""));
}

TEST_CASE("plain ASCII: the ASCII beginning, eight bytes at a time") {
  CHECK(ascii_prefix("") == 0);
  CHECK(ascii_prefix("sevenxx") == 0);
  CHECK(ascii_prefix("exactly8") == 8);
  CHECK(ascii_prefix("exactly8\x80") == 8);
  CHECK(ascii_prefix("seven..\x80 and more") == 0);
  CHECK(ascii_prefix(std::string(16, '"') + "\xff") == 16);
}
