#include "ingest/feed/parse/xml_entities.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;

namespace {

std::string expanded(std::string text, bool* warned = nullptr) {
  FeedWarnings warnings;
  expand_internal_entities(text, warnings);
  if (warned != nullptr) *warned = !warnings.list().empty();
  return text;
}

std::string with_dtd(const std::string& declarations, const std::string& body) {
  const std::string dtd = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [" + declarations + "]>";
  const std::string out = expanded(dtd + body);
  REQUIRE(out.rfind(dtd, 0) == 0);
  return out.substr(dtd.size());
}

}  // namespace

TEST_CASE("DTD entities: what a document declares is replaced") {
  const std::string two =
      "<!ENTITY co \"Kesmar Bancorp\">\n<!-- > --><!ENTITY both '&co; &#38; sons'><!ELEMENT rss ANY>";
  CHECK(with_dtd(two, "<a>&co;: &both;</a>") == "<a>Kesmar Bancorp: Kesmar Bancorp & sons</a>");
  CHECK(with_dtd(two, "<a t=\"&co;\">&unknown; &amp; & &co</a>") ==
        "<a t=\"Kesmar Bancorp\">&unknown; &amp; & &co</a>");
  CHECK(with_dtd(two, "<![CDATA[&co;]]>&co;") == "<![CDATA[&co;]]>Kesmar Bancorp");
  CHECK(with_dtd("<!ENTITY nbsp \"&#160;\"><!ENTITY b '<b>x</b>'>", "&nbsp;&b;") == "\u00A0<b>x</b>");
  CHECK(with_dtd("<!ENTITY a \"1\"><!ENTITY a \"2\">", "&a;") == "1");  // the first counts
  CHECK(with_dtd("<!ENTITY amp \"x\">", "&amp;") == "&amp;");           // XML's own stay
}

TEST_CASE("DTD entities: nothing is read from outside") {
  CHECK(with_dtd("<!ENTITY x SYSTEM \"file:///etc/passwd\"><!ENTITY y PUBLIC \"a\" \"b\"><!ENTITY % p \"q\"> %p;",
                 "&x;&y;&p;") == "&x;&y;&p;");
}

TEST_CASE("DTD entities: growth and depth have a bound") {
  std::string bomb = "<!ENTITY a0 \"0123456789\">";
  for (int i = 1; i < 12; ++i) {
    std::string value;
    for (int n = 0; n < 10; ++n) value += "&a" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY a" + std::to_string(i) + " \"" + value + "\">";
  }
  bool warned = false;
  CHECK(expanded("<!DOCTYPE rss [" + bomb + "]><a>&a11;</a>", &warned).size() < 3'000'000);
  CHECK(warned);
  CHECK(with_dtd("<!ENTITY me \"again &me;\">", "&me;").size() < 400);
}

TEST_CASE("DTD entities: a document without them, or with a broken DTD, stays as it is") {
  for (const std::string text :
       {"", "<rss>&co;</rss>", "<!DOCTYPE rss><rss>&co;</rss>", "<!DOCTYPE rss [<!ENTITY co \"x\"", "<!DOCTYPE rss [",
        "<!DOCTYPE rss [<!ENTITY co \"x", "<rss><!DOCTYPE rss [<!ENTITY co \"x\">]>&co;</rss>"}) {
    CHECK(expanded(text) == text);
  }
}
