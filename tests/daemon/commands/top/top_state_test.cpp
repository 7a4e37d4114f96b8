#include "daemon/commands/top/top_state.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

TopState after(std::string_view part, std::string_view body, unsigned status = 200) {
  TopState state;
  take_answer(state, part, status, body);
  return state;
}

}  // namespace

TEST_CASE("top reads readiness, also when it is refused, and names what is wrong") {
  constexpr std::string_view kBody =
      R"({"status":"failed","checks":[{"name":"database","ok":false,"detail":"disk I/O error"},{"name":"disk","ok":true}]})";
  const TopState state = after("ready", kBody, 503);
  CHECK(state.status == "failed");
  CHECK(state.troubles == std::vector<std::string>{"database: disk I/O error"});
  CHECK(state.refused.empty());
}

TEST_CASE("top reads alerts and sources; those in trouble are first") {
  const TopState alerts =
      after("alerts", R"({"items":[{"rule":"r","severity":"error","summary":"s","started_at":)"
                      R"("2026-01-05T08:00:00.000Z","acknowledgement":{"by":"ana"}}],"next_cursor":null})");
  REQUIRE(alerts.alerts.size() == 1);
  CHECK(alerts.alerts[0].acknowledged);
  CHECK(alerts.alerts[0].since == TimePoint(std::chrono::milliseconds(1'767'600'000'000)));

  const TopState state = after(
      "sources",
      R"({"items":[{"name":"push","kind":"post","documents":90,"health":{"state":"running","last_success":null}},)"
      R"({"name":"fed","kind":"feed","documents":0,"health":{"state":"backing_off","last_attempt":"2026-01-05T08:00:00Z",)"
      R"("last_success":null,"errors":3,"last_error":"HTTP 403"}},)"
      R"({"name":"wire","kind":"kafka","documents":5,"health":{"state":"running","last_success":"2026-01-05T08:00:00Z",)"
      R"("lag_records":7}}]})");
  REQUIRE(state.sources.size() == 3);
  CHECK(state.sources[0].name == "fed");
  CHECK(state.sources[0].in_trouble);
  CHECK(state.sources[0].errors == 3);
  CHECK(state.sources[1].name == "push");
  CHECK_FALSE(state.sources[1].in_trouble);
  CHECK(state.sources[2].lag == 7);
}

TEST_CASE("top adds up the last hour of each topic, by stories; a topic without any is left out") {
  const TopState state = after(
      "topics", R"({"series":[{"key":{"topic":"macro"},"points":[{"stories":1,"negative_stories":0,"mean":0.5}]},)"
                R"({"key":{"topic":"earnings"},"points":[{"stories":3,"negative_stories":3,"mean":-0.9},)"
                R"({"stories":0,"negative_stories":0,"mean":null},{"stories":1,"negative_stories":0,"mean":0.1}]},)"
                R"({"key":{"topic":"ipo"},"points":[{"stories":0,"negative_stories":0,"mean":null}]}]})");
  REQUIRE(state.topics.size() == 2);
  CHECK(state.topics[0].name == "earnings");
  CHECK(state.topics[0].stories == 4);
  CHECK(state.topics[0].negative == 3);
  CHECK(*state.topics[0].mean == Approx(-0.65));
  REQUIRE(state.topics[0].means.size() == 3);
  CHECK_FALSE(state.topics[0].means[1]);
}

TEST_CASE("top reads rules and webhooks") {
  const TopState rules = after("rules", R"({"items":[{"name":"burst","state":"warming","series":12,)"
                                        R"("budget":{"count":1,"period":"7d","fired":2}}]})");
  REQUIRE(rules.rules.size() == 1);
  CHECK(rules.rules[0].budget == "1 per 7d");
  CHECK(rules.rules[0].fired == 2);
  const TopState hooks = after("webhooks", R"({"items":[{"name":"desk","host":"https://h","enabled":false,)"
                                           R"("reason":"HTTP 410","pending":4}]})");
  REQUIRE(hooks.webhooks.size() == 1);
  CHECK_FALSE(hooks.webhooks[0].enabled);
  CHECK(hooks.webhooks[0].pending == 4);
}

TEST_CASE("top reads what webhooks do not have: what was tried, not what is on its way") {
  TopState state = after(
      "waiting", R"({"items":[{"webhook":"desk","state":"pending","attempts":0,"last_status":null,"last_error":null},)"
                 R"({"webhook":"desk","state":"pending","attempts":3,"last_status":500,"last_error":null,)"
                 R"("next_attempt_at":"2026-01-05T08:00:00.000Z"},)"
                 R"({"webhook":"chat","state":"pending","attempts":1,"last_status":null,"last_error":"refused"}]})");
  const auto& waiting = state.undelivered.at("waiting");
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].webhook == "desk");
  CHECK(waiting[0].answer == "answer 500");
  CHECK(waiting[0].attempts == 3);
  CHECK(waiting[0].next == TimePoint(std::chrono::milliseconds(1'767'600'000'000)));
  CHECK(waiting[1].answer == "refused");
  take_answer(state, "given up", 200,
              R"({"items":[{"webhook":"chat","state":"exhausted","attempts":9,"last_status":0}]})");
  CHECK(state.undelivered.at("given up").at(0).answer == "no answer");
  take_answer(state, "waiting", 200, R"({"items":[]})");
  CHECK(state.undelivered.at("waiting").empty());
}

TEST_CASE("what top is refused, or cannot read, is said and leaves what is known") {
  TopState state = after("webhooks", R"({"items":[{"name":"desk"}]})");
  take_answer(state, "webhooks", 403, R"({"detail":"this needs the role operate"})");
  CHECK(state.refused.at("webhooks") == "403: this needs the role operate");
  CHECK(state.webhooks.size() == 1);
  take_answer(state, "webhooks", 200, "<html>");
  CHECK(state.refused.at("webhooks") == "an answer that is not tapewatch's");
  take_answer(state, "webhooks", 200, R"({"items":"none of them"})");
  CHECK(state.refused.empty());
  CHECK(state.webhooks.empty());
}
