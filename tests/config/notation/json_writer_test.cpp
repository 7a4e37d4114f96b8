#include "config/notation/json_writer.hpp"

#include <boost/json/parse.hpp>
#include <cstdint>
#include <limits>

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("JSON: numbers are written as people write them") {
  CHECK(to_json(0.0) == "0");
  CHECK(to_json(14.0) == "14");
  CHECK(to_json(-0.31) == "-0.31");
  CHECK(to_json(0.1f) == "0.1");
  CHECK(to_json(3.1e-7) == "3.1e-07");
  CHECK(to_json(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(to_json(std::numeric_limits<float>::infinity()) == "null");
  CHECK(to_json(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_json(true) == "true");
  JsonWriter json;
  json.begin_array().rounded(0.123456, 3).rounded(-0.0, 3).rounded(12345.6, 3).end_array();
  CHECK(json.text() == "[0.123,0,12300]");
}

TEST_CASE("JSON: every text is valid JSON afterwards") {
  CHECK(to_json("a\"b\\c\n\x1b[31m") == R"("a\"b\\c\n\u001B[31m")");
  CHECK(to_json(std::string_view("a\0b", 3)) == R"("a\u0000b")");
  CHECK(to_json("a\xff") == "\"a\uFFFD\"");
}

TEST_CASE("JSON: objects, optionals, times, trees and text that is already JSON") {
  JsonWriter json;
  json.begin_object()
      .field("n", std::optional<int>(3))
      .field("none", std::optional<double>())
      .field("at", Milliseconds(std::chrono::milliseconds(5)))
      .key("raw")
      .raw("[1]")
      .key("tree")
      .value(boost::json::parse(R"({"b":0.0,"a":[true,null,"x",-1,{}]})"))
      .end_object();
  CHECK(json.take() ==
        R"({"n":3,"none":null,"at":"1970-01-01T00:00:00.005Z","raw":[1],"tree":{"b":0,"a":[true,null,"x",-1,{}]}})");
}

TEST_CASE("JSON: a value can be taken in parts, and lines follow one another") {
  JsonWriter json;
  json.begin_object().key("a").begin_array().value(1);
  std::string text = json.take_part();
  CHECK(text == R"({"a":[1)");
  json.value(2).end_array().end_object();
  CHECK(text + json.take_part() == R"({"a":[1,2]})");

  JsonWriter lines;
  for (int n = 1; n <= 2; ++n) lines.begin_object().field("n", n).end_object().end_line();
  CHECK(lines.take() == "{\"n\":1}\n{\"n\":2}\n");
}

TEST_CASE("JSON: a name is escaped unless the program spells it out") {
  JsonWriter json;
  const std::string name = "a\"b";
  json.begin_object().field(name, 1).field("c", 2).key(std::string_view(name)).value(3).end_object();
  CHECK(json.text() == R"({"a\"b":1,"c":2,"a\"b":3})");
}
