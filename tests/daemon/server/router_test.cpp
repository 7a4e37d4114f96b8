// Paths, queries, parameters and problems: everything of a request that needs no socket.
#include "daemon/server/router.hpp"

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/server/query_string.hpp"
#include "daemon/server/request_checks.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

Router small_router() {
  Router router;
  router.get("/v1/alerts/{id}", Access::read, says("one"));
  router.get("/v1/alerts/why-not", Access::read, says("why"));
  router.get("/v1/alerts", Access::read, says("all"));
  router.add(Route{"POST", "/v1/alerts/{id}/ack", Access::operate, says("ack"), 100});
  router.add(Route{"DELETE", "/v1/alerts/{id}", Access::admin, says("gone")});
  return router;
}

ApiRequest with_query(const std::string& query) {
  ApiRequest request;
  request.query = *parse_query(query);
  request.now = WallTime(1'700'000'000'000ms);
  request.request_id = "r1";
  return request;
}

}  // namespace

TEST_CASE("a path finds its route; the more specific pattern wins over a parameter") {
  const Router router = small_router();
  CHECK(router.match("GET", "/v1/alerts").route->pattern == "/v1/alerts");
  CHECK(router.match("GET", "/v1/alerts/why-not").route->pattern == "/v1/alerts/why-not");
  const auto one = router.match("GET", "/v1/alerts/a%2Fb");
  REQUIRE(one.route);
  CHECK(one.path_parameters == Fields{{"id", "a/b"}});
  CHECK(router.match("HEAD", "/v1/alerts").route->method == "GET");
  CHECK_FALSE(router.match("GET", "/v1/alerts/").route);
  CHECK_FALSE(router.match("GET", "/v1/nothing").route);
  CHECK(router.match("GET", "/v1/nothing").allow.empty());
  CHECK_FALSE(router.match("GET", "").route);
  CHECK_FALSE(router.match("GET", "v1/alerts").route);
}

TEST_CASE("another method on a known path lists the allowed ones") {
  const auto match = small_router().match("PUT", "/v1/alerts/7");
  CHECK_FALSE(match.route);
  CHECK(match.allow == "GET, HEAD, DELETE, OPTIONS");
  CHECK(small_router().match("OPTIONS", "/v1/alerts/7").allow == "GET, HEAD, DELETE, OPTIONS");
  CHECK(small_router().match("OPTIONS", "/v1/alerts/7/ack").allow == "POST, OPTIONS");
  CHECK(small_router().match("OPTIONS", "/v1/nothing").allow.empty());
  CHECK(small_router().methods() == "DELETE, GET, HEAD, OPTIONS, POST");
}

TEST_CASE("a path is compared as it reads, segment by segment") {
  const Router router = small_router();
  REQUIRE(router.match("GET", "/v1/%61lert%73").route);
  CHECK(router.match("GET", "/v1/%61lert%73").route->pattern == "/v1/alerts");
  CHECK(router.match("GET", "/v1/alerts/wh%79-not").route->pattern == "/v1/alerts/why-not");
  CHECK_FALSE(router.match("GET", "/v1%2Falerts").route);  // an escaped slash does not separate segments
  CHECK_FALSE(router.match("GET", "/v1/alerts%2Fwhy-not").route);
  CHECK(router.match("GET", "/v1/alerts/..%2Fx%252F").path_parameters == Fields{{"id", "../x%2F"}});
  CHECK_FALSE(router.match("GET", "/v1/%zz").route);
  CHECK_FALSE(router.match("GET", "/v1/alerts/%").route);
}

TEST_CASE("query strings: escapes, plus, repeats; broken escapes and bytes that are not UTF-8 are refused") {
  CHECK(*parse_query("a=1&b=x%20y+z&a=2&c&=d") == Fields{{"a", "1"}, {"b", "x y z"}, {"a", "2"}, {"c", ""}, {"", "d"}});
  CHECK(parse_query("")->empty());
  CHECK_FALSE(parse_query("a=%"));
  CHECK_FALSE(parse_query("a=%4"));
  CHECK_FALSE(parse_query("a=%zz"));
  CHECK_FALSE(parse_query("a=%00"));
  CHECK_FALSE(parse_query("a=%ff"));
  CHECK(*percent_decode("caf%C3%A9+1", PlusIs::plus) == "café+1");
}

TEST_CASE("targets: origin form, absolute form, nothing else") {
  CHECK(parse_target("/a/b?c=d")->path == "/a/b");
  CHECK(parse_target("/a?b?c")->query == "b?c");
  CHECK(parse_target("http://host:80/a?b")->path == "/a");
  CHECK(parse_target("http://host")->path == "/");
  CHECK(parse_target("http://host?x=1")->query == "x=1");
  CHECK(parse_target("HTTP://user@[::1]:80?x=1")->path == "/");
  CHECK_FALSE(parse_target("http://host:99999/a"));
  CHECK_FALSE(parse_target("http:///a"));
  CHECK_FALSE(parse_target("*"));
  CHECK_FALSE(parse_target("/a b"));
  CHECK_FALSE(parse_target("/a#b"));
  CHECK_FALSE(parse_target("javascript:1"));
}

TEST_CASE("without tokens only our own host names are answered") {
  const std::vector<std::string> ours = {"localhost", "127.0.0.1", "::1", "desk.example"};
  CHECK(host_allowed("localhost:8080", ours));
  CHECK(host_allowed("LOCALHOST.", ours));
  CHECK(host_allowed("[::1]:8080", ours));
  CHECK(host_allowed("desk.example", ours));
  CHECK_FALSE(host_allowed("evil.example:8080", ours));
  CHECK_FALSE(host_allowed("localhost.evil.example", ours));
  CHECK_FALSE(host_allowed("", ours));
  CHECK_FALSE(host_allowed("[::1", ours));
}

TEST_CASE("pages of other sites may not change anything") {
  ApiRequest request;
  request.headers = {{"host", "localhost:8080"}};
  CHECK(same_origin(request, ""));
  request.headers = {
      {"host", "localhost:8080"}, {"origin", "http://localhost:8080"}, {"sec-fetch-site", "same-origin"}};
  CHECK(same_origin(request, ""));
  request.headers = {{"host", "localhost:8080"}, {"origin", "http://evil.example"}};
  CHECK_FALSE(same_origin(request, ""));
  request.headers = {{"host", "localhost:8080"}, {"origin", "null"}};
  CHECK_FALSE(same_origin(request, ""));
  request.headers = {{"host", "localhost:8080"}, {"sec-fetch-site", "cross-site"}};
  CHECK_FALSE(same_origin(request, ""));
  request.headers = {{"host", "10.0.0.7:8080"}, {"origin", "https://desk.example"}};
  CHECK(same_origin(request, "desk.example"));
}

TEST_CASE("times: RFC 3339, epoch seconds and milliseconds, distances from now") {
  const WallTime now(1'700'000'000'000ms);
  CHECK(parse_time_text("2023-11-14T22:13:20Z", now) == now);
  CHECK(parse_time_text("2023-11-14T23:13:20.000+01:00", now) == now);
  CHECK(parse_time_text("2023-11-14T23:13:20 01:00", now) == now);  // an unescaped + in a URL
  CHECK(parse_time_text("1700000000000", now) == now);
  CHECK(parse_time_text("1700000000", now) == now);  // at most 11 digits are seconds
  CHECK(parse_time_text("1700000000.5", now) == now + 500ms);
  CHECK(parse_time_text("1e9", now) == WallTime(1'000'000'000s));
  CHECK(parse_time_text("now", now) == now);
  CHECK(parse_time_text("-24h", now) == now - 24h);
  for (const char* bad :
       {"", "-", "-24", "24h", "2023-11-14", "2023-11-14T22:13:20", "yesterday", "-999999999d", "99999999999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_time_text(bad, now));
  }
}

TEST_CASE("parameters: every error at once, unknown ones named with what is known") {
  const ApiRequest request = with_query("limit=0&limt=5&from=soon&label=a,,b&flag=maybe&twice=1&twice=2");
  Parameters parameters(request);
  CHECK_FALSE(parameters.integer("limit", 1, 1000));
  CHECK_FALSE(parameters.time("from"));
  CHECK(parameters.list("label") == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(parameters.flag("flag"));
  CHECK_FALSE(parameters.text("twice"));
  const auto refusal = parameters.problem();
  REQUIRE(refusal);
  CHECK(refusal->status == 400);
  CHECK(refusal->content_type == "application/problem+json");
  CHECK(has(refusal->body, "\"type\":\"urn:tapewatch:problem:invalid-parameter\""));
  for (const char* name : {"limit", "from", "label", "flag", "twice", "limt"}) {
    CAPTURE(name);
    CHECK(has(refusal->body, std::string("\"parameter\":\"") + name + "\""));
  }
  CHECK(has(refusal->body, "\"request_id\":\"r1\""));
}

TEST_CASE("parameters: good ones give their values; what is not built is refused by name") {
  const ApiRequest request = with_query("n=-0.5&b=true&c=x&source=A,+B&source=C&as_of=7");
  Parameters parameters(request);
  CHECK(parameters.number("n", -1, 1) == -0.5);
  CHECK(parameters.flag("b") == true);
  CHECK(parameters.choice("c", {"x", "y"}) == "x");
  CHECK(parameters.repeated("source") == std::vector<std::string>{"A, B", "C"});
  parameters.not_built("as_of");
  const auto refusal = parameters.problem();
  REQUIRE(refusal);
  CHECK(refusal->status == 501);
  CHECK(has(refusal->body, "not in this version"));
}

TEST_CASE("JSON: numbers as people write them, text escaped, bytes that are not UTF-8 replaced") {
  notation::JsonWriter json;
  json.begin_object().field("zero", 0.0).field("small", 1e-7).field("float", 0.1f).field("nan", std::nan(""));
  json.field("text", "a\"b\\c\n\x01\xff<é>").field("flag", true).field("n", std::int64_t{-5});
  json.field("none", std::optional<double>{}).field("at", WallTime(1'700'000'000'123ms));
  json.key("list").begin_array().value(1).value(2).begin_object().end_object().end_array().end_object();
  CHECK(json.text() == R"({"zero":0,"small":1e-07,"float":0.1,"nan":null,"text":"a\"b\\c\n\u0001)"
                       "\xef\xbf\xbd"
                       R"(<é>","flag":true,"n":-5,"none":null,"at":"2023-11-14T22:13:20.123Z","list":[1,2,{}]})");
}

TEST_CASE("CSV: fields are quoted where necessary, null is empty") {
  std::string out;
  CsvLine()
      .field("a,b")
      .field("c\"d")
      .field("plain")
      .field(std::optional<double>{})
      .field(0.5)
      .field(true)
      .end_into(out);
  CHECK(out == "\"a,b\",\"c\"\"d\",plain,,0.5,true\r\n");
}

TEST_CASE("the link to the next page keeps the request's parameters") {
  ApiRequest request = with_query("q=a b&limit=2&cursor=old");
  request.path = "/v1/documents";
  ApiResponse response;
  add_next_link(response, request, "n+1");
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].second == "</v1/documents?q=a%20b&limit=2&cursor=n%2B1>; rel=\"next\"");
}
