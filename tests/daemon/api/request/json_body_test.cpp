// What all JSON bodies have in common: their type, a byte order mark, unknown members.
#include "daemon/api/request/json_body.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

JsonBody read(std::string body, std::string type = "application/json") {
  ApiRequest request;
  request.body = std::move(body);
  request.headers = {{"content-type", std::move(type)}};
  return read_json_body(request, 4);
}

}  // namespace

TEST_CASE("a body is an object of JSON; a byte order mark before it is skipped") {
  CHECK(read(R"({"a":1})").object.contains("a"));
  CHECK(read("\xEF\xBB\xBF{\"a\":1}", "Application/JSON; charset=utf-8").object.contains("a"));
  CHECK(read(R"({"a":1})", "").object.contains("a"));  // says nothing else
  for (const char* text : {"", "{", "[]", "7", R"({"a":[[[[[[1]]]]]]})", "{\"a\":\"\xff\"}"}) {
    CAPTURE(text);
    const auto body = read(text);
    REQUIRE(body.refusal);
    CHECK(body.refusal->status == 400);
  }
  CHECK(read("{}", "text/plain").refusal->status == 415);
}

TEST_CASE("an unknown member is named by its pointer") {
  constexpr std::string_view kKnown[] = {"token"};
  CHECK_FALSE(unknown_member(read(R"({"token":"x"})").object, kKnown));
  const auto error = unknown_member(read(R"({"token":"x","a/b~c":1})").object, kKnown, "/documents/3");
  REQUIRE(error);
  CHECK(error->in == FieldError::In::pointer);
  CHECK(error->name == "/documents/3/a~1b~0c");
  CHECK(error->detail.find("known: token") != std::string::npos);
}
