#include "ingest/document/json_text.hpp"

#include <boost/json/serialize.hpp>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

struct Read {
  std::string json;
  std::size_t warnings = 0;
};

Read read(std::string_view text, std::size_t max_depth = 32) {
  std::vector<FieldWarning> warnings;
  const auto value = parse_json_text(text, max_depth, warnings);
  return value ? Read{boost::json::serialize(*value), warnings.size()} : Read{value.error().reason, warnings.size()};
}

TEST_CASE("what senders get wrong does not cost the record") {
  CHECK(read("{\"a\":\"x \\ud83d y\"}").json == "{\"a\":\"x \uFFFD y\"}");
  CHECK(read("{\"a\":\"\\udc00\\ud83d\\ude00\"}").json == "{\"a\":\"\uFFFD\U0001F600\"}");
  CHECK(read("{\"a\":NaN,\"b\":-Infinity,\"c\":1}").json == R"({"a":null,"b":null,"c":1})");
  CHECK(read("{\"a\":\"one\ntwo\"}").json == R"({"a":"one\ntwo"})");
  CHECK(read(R"({"a":184467440737095516150})").json == R"({"a":"184467440737095516150"})");
  CHECK(read(R"({"a":18446744073709551615})").json == R"({"a":18446744073709551615})");
  CHECK(read(R"({"a":-9223372036854775809})").json == R"({"a":"-9223372036854775809"})");
  CHECK(read("{\"a\":\"\\ud83d\"}").warnings == 1);
  CHECK(read("{\"a\":[NaN,NaN]}").warnings == 1);
}

TEST_CASE("what is right stays as it is, without a warning") {
  for (const char* json :
       {R"({"a":"NaN [{ \" \\ud83d x","b":[1,-2,3.5E2,true,null]})", R"([])", R"("\ud83d\ude00")", R"({"a":"\\"})"}) {
    INFO(json);
    CHECK(read(json).warnings == 0);
    CHECK_FALSE(read(json).json.starts_with("not JSON"));
  }
  CHECK(read("\xEF\xBB\xBF{\"a\":1}").json == R"({"a":1})");
  CHECK(read(std::string_view("{\"a\":1}\n\0\0", 10)).json == R"({"a":1})");
  CHECK(read(R"({"a":1,"a":2})").json == R"({"a":2})");
}

TEST_CASE("what is nested too deep is left out, not the record") {
  CHECK(read(R"({"a":{"b":[[1,"]"],{"c":2}],"d":3},"e":4})", 2).json == R"({"a":{"b":null,"d":3},"e":4})");
  CHECK(read(R"({"a":{"b":{"c":"}"}}})", 2).warnings == 1);
  CHECK(read("{\"t\":1,\"raw\":" + std::string(40, '[') + std::string(40, ']') + "}").warnings == 1);
  CHECK(read(std::string(40, '[')).json.starts_with("not JSON"));
}

TEST_CASE("what is no JSON is refused") {
  for (const char* text : {"{", "{\"a\":}", "x", "{'a':1}", "NaNa", "{\"a\":\"\\ud83", "\"abc"}) {
    INFO(text);
    CHECK(read(text).json.starts_with("not JSON"));
  }
  CHECK(read("").json == "an empty value");
  CHECK(read(" \n").json == "an empty value");
}

}  // namespace
}  // namespace tapewatch::ingest
