#include "ingest/record/xml_value.hpp"

#include <boost/json/parse.hpp>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

boost::json::value value_of(const std::string& xml) { return *xml_value(xml); }

TEST_CASE("elements become objects, lists and texts") {
  CHECK(
      value_of(R"(<n:news xmlns:n="x" version="4"><n:meta><id>1</id><id role="b">2</id></n:meta><empty/></n:news>)") ==
      boost::json::parse(R"({"#name":"news","@n":"x","@version":"4",
          "meta":[{"#name":"meta","id":["1",{"@role":"b","#text":"2"}]}],"empty":[""]})"));
  CHECK(value_of("<a>text</a>") == boost::json::parse(R"({"#name":"a","#text":"text"})"));
  CHECK(value_of("<a><![CDATA[x < y]]></a>").as_object().at("#text") == "x < y");
}

TEST_CASE("running text becomes paragraphs") {
  CHECK(value_of("<d><p>one <b>&lt;two&gt;</b><br/>three</p></d>").at("p").at(0) == "one &lt;two><p></p>three");
  CHECK(value_of("<d><html><head><title>t</title></head><body><p>one</p></body></html></d>").at("html").at(0) ==
        "<p>one</p>");
  CHECK(value_of("<d><body><p>one</p><p>two</p></body></d>").at("body").at(0) == "<p>one</p><p>two</p>");
  CHECK(value_of("<d><body><p>one</p><meta/></body></d>").at("body").at(0).is_object());
  CHECK(value_of("<d><block><p>one</p><p>two</p></block></d>").at("block").at(0) == "<p>one</p><p>two</p>");
}

TEST_CASE("depth is bounded and what is no XML is refused") {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  deep += "x";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  CHECK(xml_value(deep).has_value());
  CHECK(xml_value("<a><b></a>").error().reason.starts_with("not XML"));
  CHECK(xml_value("").has_error());
  CHECK(is_xml(" \n<a/>"));
  CHECK_FALSE(is_xml("{}"));
}

}  // namespace
}  // namespace tapewatch::ingest
