#include "daemon/api/silence_api.hpp"

#include "config/schema/matches.hpp"
#include "daemon/pipeline/writing/configured_silences.hpp"
#include "tests/daemon/api/operator_bench.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
namespace json = boost::json;

namespace {

struct SilenceBench : OperatorBench {
  SilenceBench() {
    add_silence_routes(router, readers, desk, [this](const alerts::Silence& silence) {
      return config::silence_doubts(silence, rules, {{"earnings"}, {"halden"}, {}});
    });
    rules[0].name = "burst";
    rules[0].group_by = {"topic"};
    rules[0].labels = {{"team", "desk"}};
    rules[1].name = "companies";
    rules[1].group_by = {"entity"};
    rules[1].labels = {{"team", "night"}};
  }
  json::array warnings(const std::string& match) {
    return add(R"({"match":)" + match + R"(,"duration":"1h","by":"Ana"})").at("warnings").as_array();
  }
  json::value add(const std::string& body) {
    const auto response = ask("POST", "/v1/silences", body);
    INFO(response.body);
    REQUIRE(response.status == 201);
    return json::parse(response.body);
  }
  /// pointer → detail of a request that is refused with 400.
  std::map<std::string, std::string> refused(const std::string& body) {
    const auto response = ask("POST", "/v1/silences", body);
    INFO(response.body);
    CHECK(response.status == 400);
    CHECK(response.content_type == "application/problem+json");
    std::map<std::string, std::string> errors;
    const auto problem = json::parse(response.body);
    if (const auto* list = problem.as_object().if_contains("errors")) {
      for (const auto& error : list->as_array()) {
        errors.emplace(error.at("pointer").as_string(), error.at("detail").as_string());
      }
    }
    return errors;
  }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> found;
    const auto page = json("/v1/silences" + query);
    for (const auto& item : page.at("items").as_array()) found.emplace_back(item.at("id").as_string());
    return found;
  }
  std::vector<alerts::RuleOptions> rules{2};
};

std::string id_of(const json::value& silence) { return std::string(silence.at("id").as_string()); }

}  // namespace

TEST_CASE("a silence is made for a time, listed, ended, and stays in the list") {
  SilenceBench bench;
  for (const Route& route : bench.router.routes()) CHECK(route.access == Access::operate);
  const auto made = bench.add(
      R"({"match":{"team":["desk","night"],"severity":"critical"},"duration":"2h","by":"Ana","comment":"a test"})");
  CHECK(made.at("state") == "active");
  CHECK(made.at("match") == json::parse(R"({"severity":["critical"],"team":["desk","night"]})"));
  CHECK(made.at("from") == "2026-01-05T08:00:00.000Z");
  CHECK(made.at("to") == "2026-01-05T10:00:00.000Z");
  CHECK(made.at("by") == "Ana");
  CHECK(made.at("comment") == "a test");
  CHECK(made.at("token").is_null());
  CHECK(made.at("configured") == false);
  CHECK(made.at("ended_at").is_null());
  const std::string id = id_of(made);
  CHECK(made.at("warnings").as_array().empty());
  auto stored = made.as_object();
  stored.erase("warnings");  // of the request, not of the silence
  CHECK(bench.json("/v1/silences").at("items").at(0) == stored);

  bench.now += 30min;
  const auto ended = json::parse(bench.ask("DELETE", "/v1/silences/" + id).body);
  CHECK(ended.at("state") == "expired");
  CHECK(ended.at("ended_at") == "2026-01-05T08:30:00.000Z");
  CHECK(ended.at("to") == "2026-01-05T10:00:00.000Z");
  CHECK(bench.ids("") == std::vector{id});
  bench.now += 1min;
  const auto again = bench.ask("DELETE", "/v1/silences/" + id);
  CHECK(again.status == 200);
  CHECK(json::parse(again.body) == ended);  // nothing more to end
  CHECK(bench.ask("DELETE", "/v1/silences/nobody").status == 404);
}

TEST_CASE("a silence may begin later and end at a time; lists are filtered by state and paged") {
  SilenceBench bench;
  const auto later =
      bench.add(R"({"match":{"rule":["burst"]},"from":"2026-01-05T09:00:00+01:00","to":1767610800000,"by":"Ana"})");
  CHECK(later.at("from") == "2026-01-05T08:00:00.000Z");
  CHECK(later.at("to") == "2026-01-05T11:00:00.000Z");
  const auto pending = bench.add(
      R"({"match":{"rule":["burst"]},"from":"2026-01-06T00:00:00Z","duration":"1d","by":"Ana","comment":null})");
  CHECK(pending.at("state") == "pending");
  CHECK(pending.at("to") == "2026-01-07T00:00:00.000Z");
  const auto third = bench.add(R"({"match":{"rule":["burst"]},"duration":"1h","by":"Ana"})");
  bench.ask("DELETE", "/v1/silences/" + id_of(third));
  CHECK(bench.ids("?state=active") == std::vector{id_of(later)});
  CHECK(bench.ids("?state=pending") == std::vector{id_of(pending)});
  CHECK(bench.ids("?state=expired") == std::vector{id_of(third)});
  const auto page = bench.json("/v1/silences?limit=2");
  CHECK(page.at("items").as_array().size() == 2);
  CHECK(bench.ids("?limit=2&cursor=" + std::string(page.at("next_cursor").as_string())) == std::vector{id_of(later)});
  CHECK(bench.ask("GET", "/v1/silences?state=over").status == 400);
  CHECK(bench.ask("GET", "/v1/silences?cursor=x").status == 400);
}

TEST_CASE("a silence that is not one is refused with a pointer to what is wrong") {
  SilenceBench bench;
  using Errors = std::map<std::string, std::string>;
  CHECK(bench.refused("{}") ==
        Errors{{"/by", "is needed"}, {"/match", "is needed"}, {"/to", "is needed, or duration: a silence ends"}});
  CHECK(bench.refused(R"({"match":{},"duration":"1h","by":"Ana"})") ==
        Errors{{"/match", "names nothing: give a rule, a severity, a topic, an entity, a source or a label"}});
  CHECK(bench.refused(R"({"match":{"a/b":[]},"duration":"1h","by":"Ana"})") ==
        Errors{{"/match/a~1b", "accepts nothing: name a value or leave it out"}});
  CHECK(bench.refused(R"({"match":{"severity":["grave"]},"duration":"1h","by":"Ana"})").count("/match/severity") == 1);
  CHECK(bench.refused(R"({"match":{"team":[1,"x",{}]},"duration":"1h","by":"Ana"})") ==
        Errors{{"/match/team/0", "must be a text"}, {"/match/team/2", "must be a text"}});
  CHECK(bench.refused(R"({"match":{"team":7},"duration":"1h","by":"Ana"})").count("/match/team") == 1);
  CHECK(bench.refused(R"({"match":["team"],"duration":"1h","by":"Ana"})").count("/match") == 1);
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"soon","by":"Ana"})").count("/duration") == 1);
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"0s","by":"Ana"})").count("/duration") == 1);
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"999y","by":"Ana"})").count("/duration") == 1);
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","to":"2030-01-01T00:00:00Z","by":"Ana"})") ==
        Errors{{"/duration", "to is given too; give only one of them"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"to":"noon","by":"Ana"})").count("/to") == 1);
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"to":true,"by":"Ana"})").count("/to") == 1);
  CHECK(bench.refused(
            R"({"match":{"rule":["r"]},"from":"2026-01-06T00:00:00Z","to":"2026-01-05T12:00:00Z","by":"Ana"})") ==
        Errors{{"/to", "must be after from: the silence ends before it begins"}});
  CHECK(bench.refused(
            R"({"match":{"rule":["r"]},"from":"2026-01-04T00:00:00Z","to":"2026-01-05T00:00:00Z","by":"Ana"})") ==
        Errors{{"/to", "is over already: the silence would silence nothing"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","by":""})") == Errors{{"/by", "is needed"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","by":7})") == Errors{{"/by", "must be a text"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","by":"a\u001b[2Jb"})") ==
        Errors{{"/by", "holds a control character"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","by":"Ana","comment":")" + std::string(2'001, 'x') +
                      R"("})") == Errors{{"/comment", "is longer than 2000 bytes"}});
  CHECK(bench.refused(R"({"match":{"rule":["r"]},"duration":"1h","by":"Ana","until":"x"})").count("/until") == 1);
  CHECK(bench.refused("[]").count("") == 1);
  CHECK(bench.refused("{").empty());
  CHECK(bench.ask("POST", "/v1/silences?x=1", "{}").status == 400);
  CHECK(bench.ids("").empty());
  CHECK(bench.json("/v1/audit").at("items").as_array().empty());
}

TEST_CASE("a silence that matches no alert of any rule is made, and the answer and the log say so") {
  SilenceBench bench;
  CHECK(bench.warnings(R"({"rule":["burst"],"topic":["earnings"],"severity":["critical"]})").empty());
  CHECK(bench.warnings(R"({"rule":["brust"]})") ==
        json::array{"match.rule: no rule has the value 'brust' (did you mean 'burst'?)"});
  CHECK(bench.warnings(R"({"rule":["burst"],"topic":["earnigs"]})") ==
        json::array{"match.topic: 'earnigs' is not in the model (did you mean 'earnings'?)"});
  CHECK(bench.warnings(R"({"entity":["nobody"]})") == json::array{"match.entity: 'nobody' is not in the watch list"});
  CHECK(bench.warnings(R"({"team":["night"],"rule":["burst"]})") ==
        json::array{"match: no rule has alerts that all of it holds for"});
  CHECK(bench.warnings(R"({"teem":["x"]})") ==
        json::array{"match: 'teem' is neither rule nor severity, nor what any rule groups by, nor a label of any rule "
                    "(did you mean 'team'?)"});
  CHECK(bench.ids("?state=active").size() == 6);  // it may be meant for a rule to come
  CHECK(has(bench.lines.str(), "by Ana is made; match.rule: no rule has the value 'brust'"));
}

TEST_CASE("a silence of the configuration is listed, and ends only there") {
  SilenceBench bench;
  alerts::Silence silence;
  silence.id = "0123456789abcdef01234567";
  silence.match = {{"rule", {"burst"}}};
  silence.to = bench.now + 1h;
  silence.by = "Ana";
  put_silences_in_force(bench.database, std::vector{silence}, bench.now, *bench.log);
  CHECK(bench.json("/v1/silences").at("items").at(0).at("configured") == true);
  const auto refused = bench.ask("DELETE", "/v1/silences/" + silence.id);
  CHECK(refused.status == 409);
  CHECK(has(refused.body, "urn:tapewatch:problem:conflict"));
  CHECK(has(refused.body, "take its [[alerts.silence]] out there"));
  CHECK(bench.ids("?state=active").size() == 1);

  put_silences_in_force(bench.database, std::vector{silence}, bench.now + 1min, *bench.log);  // a restart
  CHECK(bench.json("/v1/audit").at("items").as_array().size() == 1);
  put_silences_in_force(bench.database, {}, bench.now + 2min, *bench.log);
  CHECK(bench.ids("?state=active").empty());
  const auto audit = bench.json("/v1/audit").at("items").as_array();
  REQUIRE(audit.size() == 2);
  CHECK(audit[0].at("action") == "silence.end");
  CHECK(audit[0].at("role") == "configuration");
  CHECK(audit[0].at("who").is_null());
  CHECK(has(bench.lines.str(), "silence 0123456789abcdef01234567 (rule = burst) "));
}

TEST_CASE("silences are in the audit and in the log") {
  SilenceBench bench;
  const auto id = id_of(bench.add(R"({"match":{"team":["a","b"]},"duration":"2h","by":"Ana","comment":"two\nlines"})"));
  bench.now += 1min;
  bench.ask("DELETE", "/v1/silences/" + id);
  bench.ask("DELETE", "/v1/silences/" + id);
  const auto audit = bench.json("/v1/audit?target=" + id).at("items").as_array();
  REQUIRE(audit.size() == 2);
  CHECK(audit[0].at("action") == "silence.end");
  CHECK(audit[1].at("action") == "silence.add");
  CHECK(audit[1].at("detail").at("match") == json::parse(R"({"team":["a","b"]})"));
  CHECK(audit[1].at("detail").at("by") == "Ana");
  CHECK(has(bench.lines.str(),
            "(team = a or b) from 2026-01-05T08:00:00.000Z to 2026-01-05T10:00:00.000Z, by Ana (\"two\\nlines\") is "
            "made"));
  CHECK(has(bench.lines.str(), "by Ana (\"two\\nlines\") is ended"));
}
