#include "ingest/text/charset.hpp"

#include "config/notation/utf8.hpp"
#include "ingest/feed/parse/xml_characters.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace std::string_literals;

namespace {

struct Read {
  std::string text, charset, warning;
};

Read read(const std::string& bytes, const std::string& http = "") {
  FeedWarnings warnings;
  DecodedText decoded = decode_text(bytes, http, warnings);
  CHECK(tapewatch::notation::is_utf8(decoded.text));
  return {decoded.text, decoded.charset, warnings.list().empty() ? "" : warnings.list()[0].detail};
}

std::string declared(const std::string& charset, const std::string& body) {
  return "<?xml version=\"1.0\" encoding=\"" + charset + "\"?><a>" + body + "</a>";
}

}  // namespace

TEST_CASE("charset: claims that are true are followed") {
  CHECK(read("<a>Zürich</a>").text == "<a>Zürich</a>");
  CHECK(read("<a>Z\xFCrich</a>", "iso-8859-1").text == "<a>Zürich</a>");
  CHECK(read(declared("windows-1251", "\xC1\xE0\xED\xEA")).text.find("Банк") != std::string::npos);
  CHECK(read(declared("Shift_JIS", "\x93\xFA\x8B\xE2")).text.find("日銀") != std::string::npos);
  CHECK(read(declared("gb2312", "\xD6\xD0\xB9\xFA\xB9\xC9\xCA\xD0")).text.find("中国股市") != std::string::npos);
  CHECK(read(declared("EUC-KR", "\xC7\xD1\xB1\xB9\xC0\xBA\xC7\xE0")).text.find("한국은행") != std::string::npos);
  CHECK(read(declared("ISO-2022-JP", "\x1B$BF|6d\x1B(B")).text.find("日銀") != std::string::npos);
  CHECK(read(declared("iso-8859-1", "na\xEFve \x93quoted\x94 \x80")).text.find("naïve “quoted” €") !=
        std::string::npos);
}

TEST_CASE("charset: the bytes override what HTTP and XML say") {
  const Read utf8 = read(declared("iso-8859-1", "Zürich €"), "text/nonsense");
  CHECK(utf8.text.find("Zürich €") != std::string::npos);
  CHECK(utf8.charset == "utf-8");
  const Read http = read("<a>Zürich</a>", "iso-8859-1");
  CHECK(http.text == "<a>Zürich</a>");
  CHECK(http.warning == "HTTP says iso-8859-1, read as utf-8");
  const Read xml = read(declared("windows-1251", "\xC1\xE0\xED\xEA"), "utf-8");
  CHECK(xml.text.find("Банк") != std::string::npos);
  CHECK(xml.warning == "HTTP says utf-8, read as windows-1251");
  CHECK(read("<a>plain ASCII</a>", "utf-16").charset == "utf-8");
}

TEST_CASE("charset: a latin text that claims to be UTF-8, with no other hint") {
  const Read latin =
      read(declared("utf-8", "Gr\xFC\xDF aus Z\xFCrich, die Nationalbank erh\xF6ht die Zinsen f\xFCr alle"));
  CHECK(latin.text.find("Grüß aus Zürich") != std::string::npos);
  CHECK_FALSE(latin.warning.empty());
}

TEST_CASE("charset: mostly good UTF-8 keeps its good characters") {
  std::string text = "<a>";
  for (int i = 0; i < 50; ++i) text += "Zürich ";
  text += "broken\xFF here</a>";
  const Read read_back = read(text);
  CHECK(read_back.charset == "utf-8");
  CHECK(read_back.text.find("broken\xEF\xBF\xBD here") != std::string::npos);
  CHECK(read_back.warning == "broken UTF-8 replaced");
}

TEST_CASE("charset: marks and wide characters") {
  CHECK(read("\xEF\xBB\xBF<a/>").text == "<a/>");
  CHECK(read("\xFF\xFE<\0a\0/\0>\0"s).text == "<a/>");
  CHECK(read("\xFE\xFF\0<\0a\0/\0>"s, "utf-8").text == "<a/>");
  CHECK(read("<\0a\0>\0\xFC\0<\0/\0a\0>\0"s).text == "<a>ü</a>");
  CHECK(read("\xFF\xFE\0\0<\0\0\0a\0\0\0/\0\0\0>\0\0\0"s).text == "<a/>");
  CHECK(read("").text.empty());
}

TEST_CASE("charset: any bytes give valid UTF-8") {
  std::uint64_t state = 7;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::size_t length = (state >> 33) % 200;
    for (std::size_t j = 0; j < length; ++j) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      bytes += static_cast<char>(state >> 40);
    }
    FeedWarnings warnings;
    REQUIRE(tapewatch::notation::is_utf8(decode_text(bytes, "", warnings).text));
    std::string text = tapewatch::notation::repaired_utf8(bytes);
    mend_xml_characters(text);
    REQUIRE(tapewatch::notation::is_utf8(text));
  }
}

TEST_CASE("charset: the parameter of a content type") {
  CHECK(content_type_charset("text/xml; charset=ISO-8859-1") == "iso-8859-1");
  CHECK(content_type_charset("text/xml;charset=\"utf-8\"; x=y") == "utf-8");
  CHECK(content_type_charset("text/xml").empty());
  CHECK(content_type_charset("").empty());
}

TEST_CASE("xml characters: many invented names stay, at little cost") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "&x" + std::to_string(i) + ';';
  const std::string before = text;
  CHECK(mend_xml_characters(text) == 0);
  CHECK(text == before);
}

TEST_CASE("xml characters: forbidden ones go, misdeclared ones become what was meant, HTML's names are read") {
  const auto mended = [](std::string text) {
    mend_xml_characters(text);
    return text;
  };
  CHECK(mended("a\x01"
               "b\0c\x1F"s) == "abc");
  CHECK(mended("tab\tline\r\n") == "tab\tline\r\n");
  CHECK(mended("&#0;&#x1F;&#31;x&#xFFFF;&#xD800;&#99999999;") == "x");
  CHECK(mended("it&#146;s \xC2\x93so\xC2\x94 &#x80;5") == "it’s “so” €5");
  CHECK(mended("a&nbsp;b &eacute; &amp;nbsp; &lt; &unknown; & &;") ==
        "a\xC2\xA0"
        "b é &amp;nbsp; &lt; &unknown; & &;");
  // A name may stand for XML markup; an unknown name, or one that only begins with a known name, stays.
  CHECK(mended("&LT;&AMP;&check;&fjlig;&notit;&semi;&copy") == "&lt;&amp;✓fj&notit;;&copy");
  CHECK(mended("&#x81;x&#129;") == "x");
  CHECK(mended("\xEF\xBF\xBE\xEF\xBF\xBD") == "\xEF\xBF\xBD");
  CHECK(mended("&#65;&#x20AC;") == "&#65;&#x20AC;");
  std::string clean = "nothing to do";
  CHECK(mend_xml_characters(clean) == 0);
  std::string named = "a&nbsp;b";
  CHECK(mend_xml_characters(named) == 0);  // not forbidden, only unknown to XML
}
