// POST /v1/reload, called without sockets: what each end of a reload answers.
#include "daemon/api/reload_api.hpp"

#include <boost/json.hpp>

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

ApiResponse after(const ReloadResult& result) {
  Router router;
  WriterQueue writer{1, 1};
  add_reload_route(
      router,
      [&](const ReloadCaller& caller, const ReloadDone& done) {
        CHECK(caller.role == "admin");  // no token is needed
        CHECK(caller.token.empty());
        done(result);
        return true;
      },
      OperatorDesk{writer});
  return call(router, "POST", "/v1/reload");
}

}  // namespace

TEST_CASE("a reload answers what changed") {
  const auto changed = after({.outcome = ReloadResult::Outcome::changed,
                              .version = "new",
                              .previous = "old",
                              .changes = {"rule a added", "log level debug"}});
  CHECK(changed.status == 200);
  CHECK(json::parse(changed.body) == json::parse(R"({"changed":true,"config_version":"new","previous_version":"old",
                        "changes":["rule a added","log level debug"],"warnings":[]})"));
  const auto same = after({.version = "old", .warnings = {"the certificate in use stays"}});
  CHECK(same.status == 200);
  CHECK(json::parse(same.body) ==
        json::parse(R"({"changed":false,"config_version":"old","previous_version":null,"changes":[],
                        "warnings":["the certificate in use stays"]})"));
}

TEST_CASE("a reload that is refused answers every error with its place") {
  const auto refused = after(
      {.outcome = ReloadResult::Outcome::refused,
       .errors = {{"t.toml", 3, 7, "storage.path: only a restart changes it"}, {"watch.csv", 0, 0, "cannot be read"}}});
  CHECK(refused.status == 422);
  CHECK(refused.content_type == "application/problem+json");
  CHECK(json::parse(refused.body).at("errors") ==
        json::parse(R"([{"place":"t.toml:3:7","detail":"storage.path: only a restart changes it"},
                        {"place":"watch.csv","detail":"cannot be read"}])"));
}

TEST_CASE("a reload that could not be written, or that nobody takes any more, says so") {
  const auto failed = after({.outcome = ReloadResult::Outcome::failed, .failure = "disk full"});
  CHECK(failed.status == 503);
  CHECK(failed.body.find("nothing has changed: disk full") != std::string::npos);
  CHECK(after({.outcome = ReloadResult::Outcome::stopping}).status == 503);
}

TEST_CASE("one reload runs at a time, and it takes no parameters and no reader") {
  Router router;
  WriterQueue writer{1, 1};
  add_reload_route(
      router, [](const ReloadCaller&, const ReloadDone&) { return false; }, OperatorDesk{writer});
  CHECK(call(router, "POST", "/v1/reload").status == 409);
  CHECK(call(router, "POST", "/v1/reload?force=1").status == 400);
  CHECK(router.routes().at(0).access == Access::operate);
}
