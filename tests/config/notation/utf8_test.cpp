#include "config/notation/utf8.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("UTF-8: what is well-formed, and what an ill-formed byte becomes") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("K\xc3\xb6ln \xe2\x82\xac \xf0\x9f\x93\x88"));
  CHECK_FALSE(is_utf8("\xc0\xaf"));                  // overlong
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));              // surrogate
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));          // beyond U+10FFFF
  CHECK_FALSE(is_utf8("abc\xe2\x82"));               // cut short
  CHECK(repaired_utf8("a\xe2\x82z") == "a\uFFFDz");  // one maximal subpart, one mark
  CHECK(repaired_utf8("\xf0\x80\x80\x41") ==
        "\uFFFD\uFFFD\uFFFD"
        "A");  // no part of F0 80 80 is the start of anything
  CHECK(decode_utf8("\xe2\x82\xac", 0).value == U'\u20ac');
  CHECK(decode_utf8("\xe2\x82", 0).length == 2);
  CHECK_FALSE(decode_utf8("\xe2\x82", 0).well_formed);
}

TEST_CASE("UTF-8: code points are written, surrogates as U+FFFD; a prefix ends between two of them") {
  std::string text;
  for (const char32_t c : {U'a', U'\u00f6', U'\u20ac', U'\U0001F4C8', char32_t(0xD800), char32_t(0x110000)}) {
    append_utf8(text, c);
  }
  CHECK(text == "a\u00f6\u20ac\U0001F4C8\uFFFD\uFFFD");
  CHECK(utf8_prefix("a\u20ac", 1) == "a");
  CHECK(utf8_prefix("a\u20ac", 3) == "a");
  CHECK(utf8_prefix("a\u20ac", 4) == "a\u20ac");
  CHECK(utf8_prefix("\u20ac", 2).empty());
}
