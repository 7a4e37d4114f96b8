#include <random>

#include "config/notation/utf8.hpp"
#include "ingest/text/folded_text.hpp"
#include "ingest/text/html_text.hpp"
#include "ingest/text/white_space.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("white space of titles and bodies") {
  CHECK(single_line(" a\t b\n\nc\u00A0d\u2003 ") == "a b c d");
  CHECK(single_line("\x01\x02") == "");
  CHECK(tidy_lines("  one \r\n two\n\n\n\n three  four ") == "one\ntwo\n\nthree four");
  CHECK(tidy_lines("\n\n") == "");
}

TEST_CASE("format characters do not break words") {
  for (const std::string_view format :
       {"\u00AD", "\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2060", "\uFEFF", "\u202A", "\u2066", "\u061C"}) {
    CAPTURE(format);
    const std::string word = "Kes" + std::string(format) + "mar " + std::string(format) + "cuts";
    CHECK(single_line(word) == "Kesmar cuts");
    CHECK(tidy_lines(word + "\n" + word) == "Kesmar cuts\nKesmar cuts");
  }
  CHECK(single_line("\u06A9\u062A\u0627\u0628\u200C\u0647\u0627") == "\u06A9\u062A\u0627\u0628\u200C\u0647\u0627");
  CHECK(single_line("\u0915\u094D\u200D\u0937") == "\u0915\u094D\u200D\u0937");
  CHECK(single_line("\U0001F469\u200D\U0001F4BB at work") == "\U0001F469\u200D\U0001F4BB at work");
  CHECK(single_line("\U0001F469\U0001F3FD\u200D\U0001F4BB") == "\U0001F469\U0001F3FD\u200D\U0001F4BB");
  CHECK(single_line("a\u0085b\u009Fc") == "a b c");
}

TEST_CASE("HTML becomes plain text") {
  CHECK(html_to_text("no markup") == "no markup");
  CHECK(html_to_text("<p>Fed &amp; ECB</p><p>rates<br/>up</p>") == "\nFed & ECB\n\nrates\nup\n");
  CHECK(html_to_text("<b>Acme</b> falls") == "Acme falls");
  CHECK(html_to_text("<a href=\"x?a>b\">link</a>") == "link");
  CHECK(html_to_text("a<!-- hidden > --> b") == "a b");
  CHECK(html_to_text("<style>p{}</style>x<SCRIPT>if (a<b) {}</SCRIPT>y") == "xy");
  CHECK(html_to_text("<![CDATA[a < b & c]]>") == "a < b & c");
  CHECK(html_to_text("<script>never closed") == "");
}

TEST_CASE("a '<' that does not open a tag stays") {
  CHECK(html_to_text("profit < loss") == "profit < loss");
  CHECK(html_to_text("P/E <10 and >5") == "P/E <10 and >5");
  CHECK(html_to_text("a <b without an end") == "a <b without an end");
  CHECK(html_to_text("<a title=\"open>text") == "text");
}

TEST_CASE("what is no element of HTML stays") {
  for (const std::string_view text : {"Lender <KSMR.O> falls", "<KSMR> falls", "<est. $1.35>", "<0700.HK>", "<BRK-B>",
                                      "<NYSE:KSA>", "a <b and c> d", "<time to buy>", "<a friend> says",
                                      "<reuters@wire.example>", "<https://wire.example/1>", "<PLB.N", "<>", "<3"}) {
    CAPTURE(text);
    CHECK(html_to_text(text) == text);
  }
  CHECK(html_to_text("<P CLASS=x>up</P>") == "\nup\n");
  CHECK(html_to_text("<td nowrap>a<td>b<input disabled/>") == " a b");
  CHECK(html_to_text("<my-card>a</my-card><o:p></o:p><fb:like href=\"x\">b") == "ab");
  CHECK(html_to_text("<ticker symbol=\"KSMR\">Kesmar</ticker> <pullquote>said</pullquote>") == "Kesmar said");
  CHECK(html_to_text("<dialog open>a</dialog><svg><path d=\"M0\"/></svg>") == "a");
}

TEST_CASE("character references") {
  CHECK(html_to_text("&lt;b&gt; &eacute;&#233;&#xE9;&#XE9;") == "<b> éééé");
  CHECK(html_to_text("it&#146;s &#x80;5") == "it’s €5");
  CHECK(html_to_text("&#0;&#x110000;&#99999999999;&#xD800;") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(html_to_text("AT&T R&D; &unknown; & &; &#; &#x;") == "AT&T R&D; &unknown; & &; &#; &#x;");
  // HTML5's names beyond HTML 4's, those of two characters, and the old ones that need no ';'.
  CHECK(html_to_text("&check; &NotEqualTilde; &copy 2026 &notit; &semi;") == "✓ \u2242\u0338 © 2026 ¬it; ;");
  CHECK(html_to_text("  &nbsp;kept  ") == "  \u00A0kept  ");
}

TEST_CASE("text separated by a tag, or inside a section, does not form a reference") {
  CHECK(html_to_text("&am<b>p;") == "&amp;");
  CHECK(html_to_text("&am<!-- -->p;") == "&amp;");
  CHECK(html_to_text("&am<script>x</script>p;") == "&amp;");
  CHECK(html_to_text("&am<![CDATA[p;&lt;]]>") == "&amp;&lt;");
  CHECK(html_to_text("<![CDATA[&]]>lt; <![CDATA[<b>]]>") == "&lt; <b>");
}

TEST_CASE("hostile markup takes linear time") {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "<a ='&#x";
  CHECK(html_to_text(text) == text);
  text += ">";
  CHECK(html_to_text(text).size() < text.size());
  std::string unknown;
  for (int i = 0; i < 100'000; ++i) unknown += "<foo x=";
  CHECK(html_to_text(unknown + ">") == unknown + ">");
  std::string scripts;
  for (int i = 0; i < 200'000; ++i) {
    scripts += "</x<script>";
  }
  CHECK(html_to_text(scripts).empty());
  std::string quotes = "<b>";
  for (int i = 0; i < 100'000; ++i) quotes += "<a x=\"";
  CHECK(strip_real_tags(quotes).size() == quotes.size() - 3);
}

TEST_CASE("random bytes through every text function") {
  std::mt19937 random(7);
  const std::string alphabet = "<>&;#x/!-[]\"' ab\xC3\xA9\xF0\x9F\xE2\x80\x99\n\r";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(random() % 40, ' ');
    for (char& byte : bytes) byte = alphabet[random() % alphabet.size()];
    const std::string valid = notation::repaired_utf8(bytes);
    REQUIRE(notation::is_utf8(valid));
    const std::string plain = tidy_lines(html_to_text(valid));
    REQUIRE(notation::is_utf8(plain));
    const FoldedText folded = fold_text(plain);
    REQUIRE(notation::is_utf8(folded.text));
    REQUIRE(folded.origin.size() == folded.text.size() + 1);
    REQUIRE(std::is_sorted(folded.origin.begin(), folded.origin.end()));
    REQUIRE(folded.origin.back() == plain.size());
  }
}

TEST_CASE("folding ignores case, width and typography, and records the origin of each byte") {
  CHECK(fold("STRASSE ＡＢＣ “x” – ’") == "strasse abc \"x\" - '");
  CHECK(fold("Straße") == "strasse");
  CHECK(fold("Ne\u0301stle\u0301") == fold("N\u00C9STL\u00C9"));
  const FoldedText folded = fold_text("ﬁn  Ａ");
  CHECK(folded.text == "fin a");
  CHECK(folded.origin == std::vector<std::uint32_t>{0, 0, 3, 4, 6, 9});
}

}  // namespace
}  // namespace tapewatch::ingest
