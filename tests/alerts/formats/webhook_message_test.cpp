#include "alerts/formats/webhook_message.hpp"

#include <boost/json.hpp>

#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
namespace json = boost::json;

namespace {

Transition example() {
  Transition t;
  t.alert_id = "0123456789abcdef01234567";
  t.rule = "negative-burst";
  t.severity = "critical";
  t.key = {{"topic", "financials"}};
  t.state = AlertState::firing;
  t.sequence = 1;
  t.type = "alert.firing";
  t.started_at = t.updated_at = kMonday + 12h + 5ms;
  t.summary = "Financials: 14 negative stories in 15 minutes, 2.1 expected";
  t.labels = {{"team", "media-risk"}};
  t.runbook_url = "https://wiki.example.com/negative-burst";
  t.model_version = "m-1";
  t.evidence.observed = 14;
  t.evidence.expected = 2.1000001;
  t.evidence.interval_high = 6;
  t.evidence.p_value = 3.1234e-7;
  t.evidence.window = 15min;
  t.evidence.story_count = 14;
  t.evidence.document_count = 41;
  t.evidence.source_count = 7;
  t.evidence.top_stories.push_back({"A \"bad\" day\n", "https://n.example.com/1", -0.9, "wire", 4});
  return t;
}

const MessageContext kContext{"https://tapewatch.example.com/", "c0ffee", false, 0};

}  // namespace

TEST_CASE("entries of the rule's calendar stand in the body; without one there is no such member") {
  Transition t = example();
  CHECK(webhook_body(t, kContext, kMonday).find("calendar") == std::string::npos);
  const std::chrono::local_days christmas{std::chrono::year{2026} / 12 / 25};
  t.evidence.calendar = {{"uk", christmas, true, true, std::chrono::Sunday}};
  const json::value body = json::parse(webhook_body(t, kContext, kMonday));
  const json::array& notes = body.at("data").at("calendar").as_array();
  REQUIRE(notes.size() == 1);
  CHECK(json::serialize(notes[0]) == R"({"name":"uk","day":"2026-12-25","learn":true,"notify":true,"as":"sunday"})");
}

TEST_CASE("no webhook is told what a calendar keeps back") {
  Transition t = example();
  CHECK(wants(WebhookOptions{}, t));
  t.kept_back_by = "uk";
  CHECK_FALSE(wants(WebhookOptions{}, t));
}

TEST_CASE("the body is the contract's") {
  const std::string text = webhook_body(example(), kContext, kMonday + 13h);
  CHECK(text.find(R"("observed":14,"expected":2.1,"interval":[0,6],"p_value":3.12e-07,)") != std::string::npos);
  const json::value body = json::parse(text);
  CHECK(body.at("type") == "alert.firing");
  CHECK(body.at("timestamp") == "2026-01-05T13:00:00.000Z");
  const json::object& data = body.at("data").as_object();
  CHECK(data.at("id") == "0123456789abcdef01234567");
  CHECK(data.at("sequence") == 1);
  CHECK(data.at("state") == "firing");
  CHECK(data.at("rule") == "negative-burst");
  CHECK(data.at("severity") == "critical");
  CHECK(data.at("summary") == "Financials: 14 negative stories in 15 minutes, 2.1 expected");
  CHECK(data.at("labels").at("team") == "media-risk");
  CHECK(data.at("key").at("topic") == "financials");
  CHECK(data.at("measure") == "negative_stories");
  CHECK(data.at("started_at") == "2026-01-05T12:00:00.005Z");
  CHECK(data.at("ended_at").is_null());
  CHECK(data.at("observed") == 14);
  CHECK(data.at("expected").as_double() == 2.1);
  CHECK(data.at("interval") == json::array({0, 6}));
  CHECK(data.at("p_value").as_double() == 3.12e-7);
  CHECK(data.at("window") == "15m");
  CHECK(data.at("story_count") == 14);
  CHECK(data.at("document_count") == 41);
  CHECK(data.at("source_count") == 7);
  CHECK(data.at("warming") == false);
  CHECK(data.at("top_stories").at(0).at("title") == "A \"bad\" day\n");
  CHECK(data.at("top_stories").at(0).at("documents") == 4);
  CHECK(data.at("late") == false);
  CHECK(data.at("missed") == false);
  CHECK(data.at("suppressed_by").is_null());
  CHECK(data.at("model_version") == "m-1");
  CHECK(data.at("config_version") == "c0ffee");
  CHECK(data.at("runbook_url") == "https://wiki.example.com/negative-burst");
  CHECK(data.at("alert_url") == "https://tapewatch.example.com/alerts/0123456789abcdef01234567");
  CHECK(data.at("silence_url") == "https://tapewatch.example.com/#silence-0123456789abcdef01234567");
  CHECK(data.at("chart_url") == "https://tapewatch.example.com/v1/alerts/0123456789abcdef01234567/chart.svg");
}

TEST_CASE("links to the alert are signed where there is a key, and are there in a crowded message too") {
  MessageContext context = kContext;
  context.links = AlertLinks("a key", 1h);
  Transition t = example();
  const auto link = [&](const char* name) {
    return std::string(json::parse(webhook_body(t, context, kMonday)).at("data").at(name).as_string());
  };
  const std::string pass = context.links.query(t.alert_id, kMonday);
  for (const std::string& title : {std::string("short"), std::string(6'000, 'x')}) {
    t.evidence.top_stories.assign(5, {title, "https://n.example.com/" + title, -0.9, title, 4});
    CHECK(link("alert_url") == "https://tapewatch.example.com/alerts/" + t.alert_id + pass);
    CHECK(link("chart_url") == "https://tapewatch.example.com/v1/alerts/" + t.alert_id + "/chart.svg" + pass);
    CHECK(link("silence_url") == "https://tapewatch.example.com/#silence-" + t.alert_id);
  }
}

TEST_CASE("a resolved alert, a missed one, and no address of our own") {
  Transition t = example();
  t.type = "alert.resolved";
  t.state = AlertState::resolved;
  t.ended_at = kMonday + 14h;
  t.reason = "calm";
  const json::value body = json::parse(webhook_body(t, {"", "v", true}, kMonday));
  const json::value& data = body.at("data");
  CHECK(data.at("ended_at") == "2026-01-05T14:00:00.000Z");
  CHECK(data.at("missed") == true);
  CHECK(data.at("alert_url").is_null());
  CHECK(data.at("silence_url").is_null());
  CHECK(data.at("chart_url").is_null());
}

TEST_CASE("whatever is in it, the body is valid JSON under 20 kB") {
  for (const std::string piece : {"x", "\xE2\x82\xAC", "\xF0\x9F\x93\x89", "\x01", "\xFF", "\"\\"}) {
    std::string much;
    while (much.size() < 60'000) much += piece;
    Transition t = example();
    t.rule = t.summary = t.model_version = t.reason = t.runbook_url = much;
    t.key = {{"entity", much}, {"topic", much}};
    for (int i = 0; i < 300; ++i) t.labels["label-" + std::to_string(i)] = much;
    t.labels[much] = much;
    t.evidence.top_stories.assign(5, {much, much, -0.5, much, 9});
    const std::string body = webhook_body(t, {much, much}, kMonday);
    CHECK(body.size() < kMaxWebhookBytes);
    CHECK_NOTHROW(json::parse(body));

    Transition likely = example();  // as the detector cuts it: everything stays
    likely.evidence.top_stories.assign(
        5, {much.substr(0, 120), "https://n.example.com/" + std::string(900, 'u'), -0.5, "wire", 9});
    const json::value full = json::parse(webhook_body(likely, kContext, kMonday));
    CHECK(full.at("data").at("top_stories").as_array().size() == 5);
    CHECK(full.at("data").at("top_stories").at(4).at("url").is_string());
  }
}

TEST_CASE("which webhooks are notified of what") {
  WebhookOptions all;
  CHECK(wants(all, example()));
  WebhookOptions picky;
  picky.match = {{"severity", {"critical", "error"}}, {"team", {"media-risk"}}, {"rule", {"negative-burst"}}};
  CHECK(wants(picky, example()));
  Transition other = example();
  other.severity = "info";
  CHECK_FALSE(wants(picky, other));
  other = example();
  other.labels.clear();
  CHECK_FALSE(wants(picky, other));
  WebhookOptions firing_only;
  firing_only.events = {"firing"};
  Transition resolved = example();
  resolved.type = "alert.resolved";
  CHECK_FALSE(wants(firing_only, resolved));
  CHECK(wants(all, resolved));
  Transition late = example();
  late.late = true;
  CHECK_FALSE(wants(all, late));
  Transition pending = example();
  pending.type.clear();
  CHECK_FALSE(wants(all, pending));
}

TEST_CASE("a webhook that was told of an alert hears how it goes on, though the rule's labels have changed") {
  WebhookOptions desk;
  desk.match = {{"severity", {"critical"}}};
  Transition changed = example();
  changed.severity = "info";
  CHECK_FALSE(wants(desk, changed, true));  // to fire again would be news
  for (const std::string type : {"alert.updated", "alert.resolved"}) {
    changed.type = type;
    CHECK(wants(desk, changed, true));
    CHECK_FALSE(wants(desk, changed, false));
  }
  desk.events = {"firing"};
  CHECK_FALSE(wants(desk, changed, true));
}

TEST_CASE("an alert whose severity was raised is told to those of both severities") {
  Transition raised = example();
  raised.type = "alert.updated";
  raised.severity = "critical";
  raised.raised_from = "warning";
  raised.raised = true;
  WebhookOptions pager;
  pager.events = {"firing", "resolved"};
  pager.match = {{"severity", {"critical"}}};
  WebhookOptions desk = pager;
  desk.match = {{"severity", {"warning"}}};
  CHECK(wants(pager, raised));
  CHECK(wants(desk, raised));
  raised.raised = false;  // a later update
  CHECK_FALSE(wants(pager, raised));
  raised.type = "alert.resolved";
  CHECK(wants(pager, raised));
  CHECK(wants(desk, raised));
  CHECK(webhook_body(raised, kContext, kMonday + 13h).find(R"("severity":"critical","raised_from":"warning")") !=
        std::string::npos);
}

TEST_CASE("a message that is sent again says how often, and for how long the alert fires") {
  Transition t = example();
  MessageContext context = kContext;
  const auto once = json::parse(webhook_body(t, context, kMonday)).at("data").as_object();
  CHECK_FALSE(once.contains("repeat"));
  CHECK_FALSE(once.contains("firing_for"));
  context.repeat = 3;
  t.updated_at = t.started_at + std::chrono::hours{2} + std::chrono::seconds{20};
  t.suppressed_by = "silence:0123456789abcdef01234567";
  const auto data = json::parse(webhook_body(t, context, kMonday)).at("data");
  CHECK(data.at("repeat") == 3);
  CHECK(data.at("firing_for") == "2h");
  CHECK(data.at("suppressed_by") == "silence:0123456789abcdef01234567");
}
