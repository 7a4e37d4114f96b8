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

TEST_CASE("a body of news is read as records are: half surrogates, raw control characters, bytes that are not UTF-8") {
  const auto text = [](std::string body, std::string type = "application/json") {
    ApiRequest request;
    request.body = std::move(body);
    request.headers = {{"content-type", std::move(type)}};
    const JsonBody read = read_news_body(request, {});
    if (read.refusal) return std::to_string(read.refusal->status);
    return std::string(read.object.at("a").as_string());
  };
  CHECK(text("\xEF\xBB\xBF{\"a\":\"cut \\ud83d off\"}") == "cut \uFFFD off");
  CHECK(text("{\"a\":\"one\ntwo\"}") == "one\ntwo");
  CHECK(text("{\"a\":\"Soci\xE9t\xE9\"}") == "Société");
  CHECK(text("{\"a\":\"Soci\x8Et\x8E\"}", "application/json; charset=macintosh") == "Société");
  CHECK(text("{\"a\":18446744073709551616}") == "18446744073709551616");
  for (const char* refused : {"", "{", "[]"}) CHECK(text(refused) == "400");
  CHECK(text("{}", "text/plain") == "415");
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
