// Whom an alert is told, when, and what keeps it from being told: the rules one by one, and together.
#include "alerts/notification/notice.hpp"

#include "alerts/notification/open_notices.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

namespace {

const TimePoint kNoon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h;  // a Monday

WebhookOptions webhook(const std::string& name, std::map<std::string, std::vector<std::string>> match = {}) {
  WebhookOptions options;
  options.name = name;
  options.match = std::move(match);
  return options;
}

/// One rule, one alert of it, and the people around them.
struct Desk {
  Desk() {
    rules.resize(1);
    rules[0].name = "burst";
    rules[0].severity = "warning";
    notice.alert_id = "a1";
    notice.rule = "burst";
    notice.key = {{"entity", "halden"}};
  }
  RuleOptions& rule() { return rules[0]; }

  Transition alert(const std::string& type = "") {
    Transition t;
    t.alert_id = notice.alert_id;
    t.rule = notice.rule;
    t.severity = rule().severity;
    t.key = notice.key;
    t.state = type == "alert.resolved" ? AlertState::resolved : AlertState::firing;
    t.sequence = ++sequence;
    t.type = type;
    t.labels = rule().labels;
    return t;
  }
  Scene scene() {
    Scene around;
    around.now = now;
    around.event_time = now;
    around.rules = rules;
    around.webhooks = webhooks;
    around.silences = silences;
    around.open = &others;
    around.history = history;
    around.announced = [this](const std::string&, TimePoint after, TimePoint until) {
      return static_cast<std::size_t>(
          std::count_if(announced.begin(), announced.end(), [&](TimePoint at) { return after < at && at <= until; }));
    };
    return around;
  }
  /// "alert.firing>desk,mail alert.updated>ops", with "#n" of a repeat.
  static std::string text(const NoticeDecision& decision) {
    std::string out;
    for (const Telling& telling : decision.messages) {
      if (!out.empty()) out += " ";
      out += telling.alert.type + (telling.repeat > 0 ? "#" + std::to_string(telling.repeat) : "") + ">";
      for (std::size_t i = 0; i < telling.to.size(); ++i) out += (i > 0 ? "," : "") + telling.to[i];
    }
    return out;
  }
  std::string step(const std::string& type) {
    last = decide_step(notice, alert(type), scene());
    return text(last);
  }
  std::string meanwhile(TimePoint at, bool acknowledged = false) {
    now = at;
    last = decide_meanwhile(notice, alert(), scene(), acknowledged);
    return text(last);
  }
  void silence(TimePoint from, TimePoint to) { silences.push_back({"s1", {{"rule", {"burst"}}}, from, to, "ann", ""}); }

  std::vector<RuleOptions> rules;
  std::vector<WebhookOptions> webhooks = {webhook("desk")};
  std::vector<Silence> silences;
  OpenNotices others;
  bool history = false;
  std::vector<TimePoint> announced;
  TimePoint now = kNoon;
  Notice notice;
  std::int64_t sequence = 0;
  NoticeDecision last;
};

}  // namespace

TEST_CASE("notice: an alert that nothing suppresses is told at each step, and nothing in between") {
  Desk desk;
  CHECK(desk.step("alert.firing") == "alert.firing>desk");
  CHECK(desk.meanwhile(kNoon + 1h).empty());
  CHECK(desk.last.turn == Turn::none);
  CHECK(desk.step("alert.updated") == "alert.updated>desk");
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk");
  CHECK(desk.last.alert.suppressed_by.empty());
}

TEST_CASE("notice: late alerts, those of a calendar's day and steps without a type are told nobody") {
  Desk desk;
  for (const auto& spoil : {+[](Transition& t) { t.late = true; }, +[](Transition& t) { t.kept_back_by = "holidays"; },
                            +[](Transition& t) { t.type.clear(); }}) {
    Transition step = desk.alert("alert.firing");
    spoil(step);
    Notice before = desk.notice;
    CHECK(decide_step(desk.notice, step, desk.scene()).messages.empty());
    CHECK(desk.notice == before);
  }
  Transition kept = desk.alert();
  kept.kept_back_by = "holidays";
  CHECK(decide_meanwhile(desk.notice, kept, desk.scene(), false).messages.empty());
}

TEST_CASE("notice: a silenced alert that still fires when the silence ends is told then, once") {
  Desk desk;
  desk.silence(kNoon, kNoon + 1h);
  CHECK(desk.step("alert.firing").empty());
  CHECK(desk.last.alert.suppressed_by == "silence:s1");
  CHECK(desk.step("alert.updated").empty());
  CHECK(desk.meanwhile(kNoon + 59min).empty());
  CHECK(desk.last.turn == Turn::none);
  CHECK(desk.meanwhile(kNoon + 1h) == "alert.firing>desk");
  CHECK(desk.last.turn == Turn::released);
  CHECK(desk.last.alert.suppressed_by.empty());
  CHECK(desk.meanwhile(kNoon + 1h).empty());
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk");
}

TEST_CASE("notice: an update after the silence tells whoever never heard that it fires") {
  Desk desk;
  desk.silence(kNoon, kNoon + 1h);
  desk.step("alert.firing");
  desk.now = kNoon + 2h;
  CHECK(desk.step("alert.updated") == "alert.firing>desk");
  CHECK(desk.last.alert.type == "alert.updated");  // as it is recorded
  CHECK(desk.meanwhile(kNoon + 3h).empty());
}

TEST_CASE("notice: nobody is told of the end of what nobody heard of") {
  Desk desk;
  desk.silence(kNoon, kNoon + 1h);
  desk.step("alert.firing");
  CHECK(desk.step("alert.resolved").empty());
  CHECK(desk.last.alert.suppressed_by == "silence:s1");
}

TEST_CASE("notice: whoever was told before the silence hears of the end, and of what was held in one update") {
  Desk desk;
  CHECK(desk.step("alert.firing") == "alert.firing>desk");
  desk.silence(kNoon + 1min, kNoon + 1h);
  CHECK(desk.meanwhile(kNoon + 1min).empty());
  CHECK(desk.last.turn == Turn::suppressed);
  CHECK(desk.step("alert.updated").empty());
  CHECK(desk.step("alert.updated").empty());
  CHECK(desk.meanwhile(kNoon + 1h) == "alert.updated>desk");
  CHECK(desk.meanwhile(kNoon + 1h).empty());
  desk.silence(kNoon + 2h, kNoon + 3h);
  desk.now = kNoon + 2h;
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk");
  CHECK(desk.last.alert.suppressed_by == "silence:s1");
}

TEST_CASE("notice: a silence that ends with nothing held says nothing") {
  Desk desk;
  desk.step("alert.firing");
  desk.silence(kNoon + 1min, kNoon + 1h);
  desk.meanwhile(kNoon + 1min);
  CHECK(desk.meanwhile(kNoon + 1h).empty());
  CHECK(desk.last.turn == Turn::released);
}

TEST_CASE("notice: a whole that is told suppresses its parts, one that is itself suppressed does not") {
  Desk desk;
  desk.rules.resize(2);
  desk.rules[1].name = "stream";
  Notice whole;
  whole.alert_id = "w";
  whole.rule = "stream";
  desk.others.put(whole);
  CHECK(desk.step("alert.firing") == "alert.firing>desk");  // nobody was told of the whole so far
  desk.notice = {};
  desk.notice.alert_id = "a2";
  desk.notice.rule = "burst";
  desk.notice.key = {{"entity", "halden"}};
  whole.announced_at = whole.told_at = kNoon;
  desk.others.put(whole);
  CHECK(desk.step("alert.firing").empty());
  CHECK(desk.last.alert.suppressed_by == "alert:w");
  whole.suppressed_by = "silence:s9";
  desk.others.put(whole);
  CHECK(desk.meanwhile(kNoon + 1min) == "alert.firing>desk");
  whole.suppressed_by.clear();
  desk.others.put(whole);
  CHECK(desk.meanwhile(kNoon + 2min).empty());
  CHECK(desk.last.alert.suppressed_by == "alert:w");
  desk.others.clear();
  CHECK(desk.meanwhile(kNoon + 3min).empty());  // told before
  CHECK(desk.last.turn == Turn::released);
}

TEST_CASE("notice: an alert in muted time is told when that is over") {
  Desk desk;
  desk.rule().mute = {*parse_mute_time("11:00-13:00")};
  CHECK(desk.step("alert.firing").empty());
  CHECK(desk.last.alert.suppressed_by == "mute");
  CHECK(desk.meanwhile(kNoon + 59min).empty());
  CHECK(desk.meanwhile(kNoon + 1h) == "alert.firing>desk");
}

TEST_CASE("notice: repeated until somebody acknowledges it, to those who were told") {
  Desk desk;
  desk.rule().repeat = 1h;
  desk.webhooks = {webhook("desk"), webhook("am"), webhook("other", {{"severity", {"critical"}}}), webhook("ends")};
  desk.webhooks[1].format = "alertmanager";  // sends it again by itself
  desk.webhooks[3].events = {"resolved"};
  CHECK(desk.step("alert.firing") == "alert.firing>desk,am");
  CHECK(desk.meanwhile(kNoon + 59min).empty());
  CHECK(desk.meanwhile(kNoon + 1h) == "alert.firing#1>desk");
  CHECK(desk.last.turn == Turn::repeated);
  CHECK(desk.meanwhile(kNoon + 90min).empty());
  CHECK(desk.meanwhile(kNoon + 5h) == "alert.firing#2>desk");
  CHECK(desk.meanwhile(kNoon + 7h, true).empty());
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk,am,ends");
}

TEST_CASE("notice: escalated once, to those who know of it and those who ask for what is so grave") {
  Desk desk;
  desk.rule().escalate = Escalation{30min, "critical"};
  desk.webhooks = {webhook("desk"), webhook("pager", {{"severity", {"critical"}}})};
  CHECK(desk.step("alert.firing") == "alert.firing>desk");
  CHECK(desk.meanwhile(kNoon + 29min).empty());
  CHECK(desk.meanwhile(kNoon + 30min, true).empty());
  CHECK(desk.meanwhile(kNoon + 31min) == "alert.updated>desk alert.firing>pager");
  CHECK(desk.last.turn == Turn::escalated);
  const Transition& told = desk.last.messages[1].alert;
  CHECK(told.severity == "critical");
  CHECK(told.raised_from == "warning");
  CHECK(told.reason == "nobody acknowledged it for 30 minutes");
  CHECK(told.summary.ends_with("severity raised to critical: nobody acknowledged it for 30 minutes"));
  CHECK(desk.meanwhile(kNoon + 2h).empty());
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk,pager");
  CHECK(desk.last.alert.severity == "critical");
}

TEST_CASE("notice: a severity that a second surge has raised as far is not raised again") {
  Desk desk;
  desk.rule().escalate = Escalation{30min, "error"};
  desk.step("alert.firing");
  desk.now = kNoon + 1h;
  Transition raised = desk.alert();
  raised.severity = "critical";
  raised.raised_from = "warning";
  CHECK(decide_meanwhile(desk.notice, raised, desk.scene(), false).messages.empty());
  CHECK(desk.meanwhile(kNoon + 1h) == "alert.updated>desk");  // as its rule has it
  const NoticeDecision step = decide_step(
      desk.notice,
      [&] {
        Transition t = desk.alert("alert.updated");
        t.severity = "critical";
        t.raised_from = "warning";
        return t;
      }(),
      desk.scene());
  CHECK(step.alert.severity == "critical");
  CHECK(step.alert.raised_from == "warning");
}

TEST_CASE("notice: beyond max_alerts an alert stays untold, to its end") {
  Desk desk;
  desk.rule().max_alerts = AlertLimit{2, 24h};
  desk.announced = {kNoon - 24h, kNoon - 23h};
  CHECK(desk.step("alert.firing") == "alert.firing>desk");  // the first has left the period
  CHECK(desk.notice.announced_time == kNoon);
  Desk beyond;
  beyond.rule().max_alerts = AlertLimit{2, 24h};
  beyond.announced = {kNoon - 23h, kNoon};
  CHECK(beyond.step("alert.firing").empty());
  CHECK(beyond.last.alert.suppressed_by == "max_alerts");
  beyond.announced.clear();
  CHECK(beyond.meanwhile(kNoon + 48h).empty());
  CHECK(beyond.step("alert.updated").empty());
  CHECK(beyond.step("alert.resolved").empty());
  CHECK(beyond.last.alert.suppressed_by == "max_alerts");
}

TEST_CASE("notice: silence, whole and repeat together") {
  Desk desk;
  desk.rule().repeat = 1h;
  desk.rule().max_alerts = AlertLimit{1, 24h};
  desk.rule().escalate = Escalation{3h, "critical"};
  desk.rules.push_back(desk.rules[0]);
  desk.rules[1].name = "stream";
  desk.silence(kNoon, kNoon + 1h);
  CHECK(desk.step("alert.firing").empty());
  CHECK(desk.last.alert.suppressed_by == "silence:s1");
  Notice whole;
  whole.alert_id = "w";
  whole.rule = "stream";
  whole.announced_at = whole.told_at = kNoon;
  desk.others.put(whole);
  CHECK(desk.meanwhile(kNoon + 1h).empty());
  CHECK(desk.last.alert.suppressed_by == "alert:w");
  CHECK(desk.last.turn == Turn::suppressed);
  CHECK(desk.meanwhile(kNoon + 4h).empty());  // neither repeated nor raised while nobody hears of it
  desk.others.clear();
  CHECK(desk.meanwhile(kNoon + 5h) == "alert.firing>desk");
  CHECK(desk.meanwhile(kNoon + 5h + 30min).empty());
  CHECK(desk.meanwhile(kNoon + 6h) == "alert.firing#1>desk");
  CHECK(desk.meanwhile(kNoon + 8h) == "alert.updated>desk");  // raised three hours after it was told
  CHECK(desk.meanwhile(kNoon + 9h) == "alert.firing#2>desk");
  desk.silence(kNoon + 10h, kNoon + 20h);
  CHECK(desk.meanwhile(kNoon + 10h).empty());
  CHECK(desk.meanwhile(kNoon + 15h).empty());
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk");
}

TEST_CASE("notice: an alert goes on by itself when its rule is gone") {
  Desk desk;
  desk.rule().repeat = 1h;
  desk.step("alert.firing");
  desk.rules[0].name = "another";
  CHECK(desk.meanwhile(kNoon + 2h).empty());
  CHECK(desk.step("alert.resolved") == "alert.resolved>desk");
}

TEST_CASE("notice: history announces nothing; what it ends of what was told is told") {
  Desk live;
  live.webhooks = {webhook("desk"), webhook("ends")};
  live.webhooks[1].events = {"resolved"};
  CHECK(live.step("alert.firing") == "alert.firing>desk");
  live.history = true;
  CHECK(live.step("alert.updated").empty());
  CHECK(live.step("alert.resolved") == "alert.resolved>desk,ends");

  for (const bool goes_on : {false, true}) {
    Desk past;
    past.rule().repeat = 1h;
    past.rule().escalate = Escalation{30min, "critical"};
    past.history = true;
    CHECK(past.step("alert.firing").empty());
    CHECK(past.step("alert.updated").empty());
    CHECK_FALSE(past.notice.is_heard());
    past.history = false;
    CHECK(past.meanwhile(kNoon + 5h).empty());  // time alone announces nothing
    if (goes_on) {
      CHECK(past.step("alert.updated") == "alert.firing>desk");
      CHECK(past.notice.announced_time == past.now);
    }
    CHECK(past.step("alert.resolved") == (goes_on ? "alert.resolved>desk" : ""));
  }
}

TEST_CASE("notice: a silence that begins and ends over history's alert announces it only where live news went on") {
  for (const bool goes_on : {false, true}) {
    Desk past;
    past.history = true;
    past.step("alert.firing");
    past.history = false;
    past.silence(kNoon, kNoon + 1h);
    past.meanwhile(kNoon + 1min);
    if (goes_on) CHECK(past.step("alert.updated").empty());
    CHECK(past.meanwhile(kNoon + 1h) == (goes_on ? "alert.firing>desk" : ""));
  }
}
