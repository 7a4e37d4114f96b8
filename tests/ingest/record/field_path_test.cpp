#include "ingest/record/field_path.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

const boost::json::value kRecord = boost::json::parse(R"({"id":7,"a b":"x","data":[{"t":"one","role":"main"},
  {"t":"two","n":2},{"t":"three","sub":{"on":true}}],"deep":{"0":"zero","~/":"tilde"},"none":[]})");

std::string at(const std::string& place) {
  FieldPathReader reader(place);
  if (!reader.read()) return "error: " + reader.error();
  std::string all;
  for (const auto* value : select(reader.path().steps, kRecord)) {
    all += (all.empty() ? "" : " ") + boost::json::serialize(*value);
  }
  return all;
}

TEST_CASE("pointers and paths lead to the same values") {
  CHECK(at("/id") == "7");
  CHECK(at("$.id") == "7");
  CHECK(at("/data/1/t") == "\"two\"");
  CHECK(at("$.data[1].t") == "\"two\"");
  CHECK(at("$['data'][-1][\"t\"]") == "\"three\"");
  CHECK(at("$['a b']") == "\"x\"");
  CHECK(at("/deep/0") == "\"zero\"");
  CHECK(at("/deep/~0~1") == "\"tilde\"");
  CHECK(at("$").starts_with("{"));
}

TEST_CASE("a star and a filter choose several") {
  CHECK(at("$.data[*].t") == R"("one" "two" "three")");
  CHECK(at("$.deep.*") == R"("zero" "tilde")");
  CHECK(at("$.data[?@.role=='main'].t") == "\"one\"");
  CHECK(at("$.data[?(@.n == 2)].t") == "\"two\"");
  CHECK(at("$.data[?@.sub.on==true].t") == "\"three\"");
  CHECK(at("$.data[?@.n].t") == "\"two\"");
  CHECK(at("$.data[?@['role'] == \"main\"]['t']") == "\"one\"");
}

TEST_CASE("what is not there gives nothing") {
  for (const char* place : {"/x", "/data/3", "/data/-", "/data/01", "/id/x", "$.none[*]", "$.data[9]", "$.data[-9]",
                            "$.id[*]", "$.data.t", "$.data[?@.role=='x']"}) {
    INFO(place);
    CHECK(at(place).empty());
  }
}

TEST_CASE("what is outside of the language is refused") {
  for (const char* place : {"", "id", "$..id", "$.data[", "$.data[x]", "$.data['t]", "$.data[?role]", "$.data[?@.n=2]",
                            "$.data[?@.n==]", "$.data[0:1]", "$.", "$x", "/a~2", "@header:", "@keys"}) {
    INFO(place);
    CHECK(at(place).starts_with("error: "));
  }
}

}  // namespace
}  // namespace tapewatch::ingest
