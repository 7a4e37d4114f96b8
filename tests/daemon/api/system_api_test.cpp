// Health, metrics, the page, refused endpoints, sessions.
#include "daemon/api/system_api.hpp"

#include <boost/json.hpp>

#include "daemon/web/assets.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

struct Health final : Probes {
  std::vector<ProbeCheck> liveness() const override { return {{"writer", live, true, "stuck"}}; }
  std::vector<ProbeCheck> readiness() const override {
    return {{"database", ready, true, "open"}, {"source wire", source, false, "unreachable"}};
  }
  bool live = true, ready = true, source = true;
};

struct SystemBench {
  SystemBench() {
    add_system_routes(router, health, metrics, auth, true);
    add_page_routes(router, auth, {});
  }
  ApiResponse get(const std::string& target, Fields headers = {}) {
    return call(router, "GET", target, {}, std::move(headers));
  }
  Health health;
  Metrics metrics{"1.0", "m"};
  Authenticator auth;
  Router router;
};

std::string retry_after(const ApiResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Retry-After") return value;
  }
  return "";
}

}  // namespace

TEST_CASE("health: ok, degraded by outside failures, 503 by our own") {
  SystemBench bench;
  CHECK(bench.get("/healthz").status == 200);
  CHECK(
      bench.get("/readyz").body ==
      R"({"status":"ok","checks":[{"name":"database","ok":true,"detail":"open"},{"name":"source wire","ok":true,"detail":"unreachable"}]})");
  bench.health.source = false;
  CHECK(bench.get("/readyz").status == 200);
  CHECK(has(bench.get("/readyz").body, "\"status\":\"degraded\""));
  CHECK(retry_after(bench.get("/readyz")).empty());
  bench.health.ready = false;
  CHECK(bench.get("/readyz").status == 503);
  CHECK(retry_after(bench.get("/readyz")) == "2");
  bench.health.live = false;
  CHECK(bench.get("/healthz").status == 503);
  CHECK(retry_after(bench.get("/healthz")) == "2");
  CHECK(bench.get("/healthz?verbose=1").status == 400);
}

TEST_CASE("health under a foreign name: the status, and none of the names in the checks") {
  Health health;
  health.source = false;
  CHECK(probe_response(health.readiness(), Checks::hidden).body == R"({"status":"degraded","checks":[]})");
  health.ready = false;
  CHECK(probe_response(health.readiness(), Checks::hidden).body == R"({"status":"failed","checks":[]})");
  CHECK(probe_response(health.readiness(), Checks::hidden).status == 503);
}

TEST_CASE("metrics are Prometheus text") {
  SystemBench bench;
  const auto response = bench.get("/metrics");
  CHECK(response.content_type.starts_with("text/plain; version=0.0.4"));
  CHECK(has(response.body, "tapewatch_build_info"));
  const auto open = bench.get("/metrics", {{"accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}});
  CHECK(open.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(open.body.ends_with("# EOF\n"));
}

TEST_CASE("the page: strict policy, a tag that answers 304") {
  SystemBench bench;
  for (const char* file : {"/", "/app.js", "/style.css", "/icon.svg", "/views.md"}) {
    CAPTURE(file);
    const auto response = bench.get(file);
    REQUIRE(response.status == 200);
    CHECK_FALSE(response.body.empty());
    std::string tag;
    bool policy = false;
    for (const auto& [name, value] : response.headers) {
      if (name == "ETag") tag = value;
      policy =
          policy || (name == "Content-Security-Policy" && has(value, "script-src 'self'") && !has(value, "unsafe"));
    }
    CHECK(policy);
    CHECK(bench.get(file, {{"if-none-match", tag}}).status == 304);
  }
}

TEST_CASE("the page sets no HTML from data, loads nothing from elsewhere") {
  for (const char* name : {"actions.js", "alerts.js", "app.js", "chart.js", "dom.js", "headlines.js", "topics.js"}) {
    CAPTURE(name);
    const std::string script(asset(name));
    for (const char* bad : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "DOMParser"}) {
      CAPTURE(bad);
      CHECK_FALSE(has(script, bad));
    }
  }
  const std::string page(asset("index.html"));
  CHECK_FALSE(has(page, "//cdn"));
  CHECK_FALSE(has(page, "https://"));
  CHECK_FALSE(has(page, "style="));
  CHECK_FALSE(has(page, "onclick"));
}

TEST_CASE("sessions: who asks, and a token for a cookie") {
  SystemBench open;
  CHECK(open.get("/v1/session").body == R"({"required":false,"caller":{"name":"","role":"admin"}})");
  CHECK(call(open.router, "POST", "/v1/session", R"({"token":"x"})").status == 404);

  auto parsed = config::parse_tokens("desk read " + config::token_hash("secret-1") + "\n", "tokens");
  SystemBench bench;
  bench.auth.replace(std::move(parsed.tokens));
  CHECK(bench.get("/v1/session").body == R"({"required":true,"caller":null})");
  CHECK(call(bench.router, "POST", "/v1/session", R"({"token":"wrong"})").status == 401);
  CHECK(call(bench.router, "POST", "/v1/session", "{").status == 400);
  CHECK(call(bench.router, "POST", "/v1/session", R"({"token":7})").status == 400);
  CHECK(has(call(bench.router, "POST", "/v1/session", R"({"token":"secret-1","role":"admin"})").body,
            R"("pointer":"/role")"));
  const auto opened = call(bench.router, "POST", "/v1/session", R"({"token":"secret-1"})");
  REQUIRE(opened.status == 204);
  REQUIRE(opened.headers.size() == 1);
  CHECK(has(opened.headers[0].second, "; Secure"));  // the external address is https
  const std::string cookie = opened.headers[0].second.substr(0, opened.headers[0].second.find(';'));
  CHECK(has(bench.get("/v1/session", {{"cookie", cookie}}).body, "\"name\":\"desk\",\"role\":\"read\""));
  call(bench.router, "DELETE", "/v1/session", {}, {{"cookie", cookie}});
  CHECK(has(bench.get("/v1/session", {{"cookie", cookie}}).body, "\"caller\":null"));
}

TEST_CASE("the description says whether a request without a token is answered") {
  SystemBench bench;
  const auto ways = [&] { return json::parse(bench.get("/openapi.json").body).at("security").as_array(); };
  CHECK(ways().size() == 3);
  CHECK(ways().back().as_object().empty());
  auto parsed = config::parse_tokens("desk read " + config::token_hash("secret-1") + "\n", "tokens");
  bench.auth.replace(std::move(parsed.tokens));
  CHECK(ways().size() == 2);
}
