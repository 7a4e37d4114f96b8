#include "config/notation/printable.hpp"

#include "tests/support/catch.hpp"

using tapewatch::notation::append_utf8;
using tapewatch::notation::is_control;
using tapewatch::notation::printable;

TEST_CASE("control characters are shown, not obeyed") {
  CHECK(printable("a\nERROR b\x1b[31m\r\t\x7f") == "a\\nERROR b\\x1b[31m\\r\\t\\x7f");
  CHECK(printable(std::string_view("\0x", 2)) == "\\x00x");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\u009b2J");  // CSI as a C1 control
  CHECK(printable("\xc2\x85") == "\\u0085");
  CHECK(printable("\u202egpj.exe\u202c \u2066x\u2069 \u200f\u200e\u061c\u2028\u2029") ==
        "\\u202egpj.exe\\u202c \\u2066x\\u2069 \\u200f\\u200e\\u061c\\u2028\\u2029");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one") {
  CHECK(printable("\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\xf0\x9f\x98") == "\\xf0\\x9f\\x98");
  CHECK(printable("\xc0\x9b") == "\\xc0\\x9b");  // an overlong ESC or CSI is not one
}

TEST_CASE("all other text stays as it is") {
  for (const char* text :
       {"", "café — 100 %", "東京 😱", "a\\nb", "שלום", "عربي", "👩‍👩‍👧", "\u00a0", "\ufeff"})
    CHECK(printable(text) == text);
}

TEST_CASE("what comes out has no control, whatever code point goes in") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    if (c == 0x3000) c = 0x10FF00;  // nothing in between is a control
    std::string text;
    append_utf8(text, c);
    const std::string shown = printable(text);
    bool clean = true;
    for (std::size_t at = 0; at < shown.size();) {
      const auto point = tapewatch::notation::decode_utf8(shown, at);
      clean = clean && point.well_formed && !is_control(point.value);
      at += point.length;
    }
    if (!clean || (shown != text) != is_control(c)) FAIL("code point " << static_cast<unsigned>(c));
  }
}
