#include "config/notation/utf8.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

namespace {

/// "c2?1": a character of two bytes, then one ill-formed byte.
std::string lengths(std::string_view text) {
  std::string found;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = decode_utf8(text, at);
    found += (point.well_formed ? "c" : "?") + std::to_string(point.length);
    at += point.length;
  }
  return found;
}

}  // namespace

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

TEST_CASE("UTF-8: every code point is written and read back") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    char bytes[4];
    const auto length = encode_utf8(c, bytes);
    const auto back = decode_utf8({bytes, length}, 0);
    if (!back.well_formed || back.value != c || back.length != length) FAIL("code point " << static_cast<unsigned>(c));
  }
}

TEST_CASE("UTF-8: ill-formed bytes become one U+FFFD a maximal subpart (Unicode, table 3-8 to 3-11)") {
  CHECK(lengths("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                "A") == "?1?1?1?1?1?1?1?1c1");  // overlong
  CHECK(lengths("\xED\xA0\x80\xED\xBF\xBF\xED\xAF"
                "A") == "?1?1?1?1?1?1?1?1c1");  // surrogates
  CHECK(lengths("\xF4\x91\x92\x93\xFF"
                "A\x80\xBF"
                "B") == "?1?1?1?1?1c1?1?1c1");  // beyond U+10FFFF
  CHECK(lengths("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
                "A") == "?2?1?3?2c1");     // cut sequences
  CHECK(lengths("\xF0\x9F\x9A") == "?3");  // the text ends
}

TEST_CASE("UTF-8: text is repaired, and well-formed text stays as it is") {
  CHECK(repaired_utf8("caf\xC3\xA9 \xF0\x9F\x92\xB0") == "caf\u00e9 \U0001F4B0");
  CHECK(repaired_utf8("\uFFFD") == "\uFFFD");
  CHECK(repaired_utf8("caf\xE9!") == "caf\uFFFD!");
  CHECK(repaired_utf8("\xF0\x9F\x92") == "\uFFFD");                        // cut short
  CHECK(repaired_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // a surrogate
  CHECK(repaired_utf8("\xC0\xAF") == "\uFFFD\uFFFD");                      // overlong
  CHECK(repaired_utf8("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // past U+10FFFF
  CHECK(repaired_utf8("").empty());
}
