// An array's elements by their commas: their content does not matter, as long as brackets and quotes match.
#include "daemon/api/request/json_elements.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using Parts = std::vector<std::string_view>;

TEST_CASE("an array is split at its own commas, whatever its elements are") {
  CHECK(split_json_array(R"([1, {"a":[2,3]} ,"x,]\",", nope])") == Parts{"1", R"({"a":[2,3]})", R"("x,]\",")", "nope"});
  CHECK(split_json_array(" [ ] \n") == Parts{});
  CHECK(split_json_array("[ 7 ]") == Parts{"7"});
  CHECK(split_json_array("[1,,2,]") == Parts{"1", "", "2", ""});
  CHECK(split_json_array(R"(["\\", "b"])") == Parts{R"("\\")", R"("b")"});
}

TEST_CASE("a text that is not an array, or does not match up, is not split") {
  for (const char* text : {"", "[", "]", "{}", "[1", "[1]]", "[1][2]", "[\"a]", "[{]", "[}]", "7", "[1] x"}) {
    CAPTURE(text);
    CHECK_FALSE(split_json_array(text));
  }
}

TEST_CASE("the one member of an object, by its name") {
  CHECK(only_json_member(R"({"documents" : [1, {"a":2}] })", "documents") == R"([1, {"a":2}])");
  for (const char* text : {"{}", R"({"documents":[],"a":1})", R"({"document":[]})", R"({"documents2":[]})",
                           R"({"documents"})", R"(["documents"])", R"({documents:[]})"}) {
    CAPTURE(text);
    CHECK_FALSE(only_json_member(text, "documents"));
  }
}
