// The index of the alerts that fire, against the definitions that it must agree with.
#include "alerts/notification/open_notices.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace std::chrono_literals;

namespace {

const TimePoint kNoon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h;

/// Draws from a few values, so that alerts often contain each other.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool once_in(std::size_t n) { return below(n) == 0; }
  SeriesKey key() {
    SeriesKey key;
    for (const std::string_view dimension : kDimensions) {
      if (once_in(2)) key[std::string(dimension)] = std::string(1, static_cast<char>('a' + below(3)));
    }
    return key;
  }
  std::vector<RuleOptions> rules() {
    std::vector<RuleOptions> rules(6);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      rules[i].name = "rule-" + std::to_string(i);
      rules[i].measure = once_in(3) ? Measure::story : Measure::negative_stories;
      rules[i].severity = "warning";
      if (once_in(4)) rules[i].where.topic = {"a", "b"};
      if (once_in(4)) rules[i].where.entity = {"a"};
      if (once_in(2)) rules[i].repeat = std::chrono::minutes{below(3) * 10 + 5};
      if (once_in(2)) rules[i].escalate = Escalation{std::chrono::minutes{below(30)}, "critical"};
      if (once_in(3)) rules[i].max_alerts = AlertLimit{1, 24h};
      if (once_in(4)) rules[i].mute = {parse_mute_time("12:10-12:20").value()};
    }
    return rules;
  }
  Notice notice(std::size_t id) {
    Notice notice;
    notice.alert_id = "alert-" + std::to_string(id);
    notice.rule = "rule-" + std::to_string(below(7));  // the last one is in no configuration
    notice.key = key();
    notice.severity = once_in(3) ? "critical" : "warning";
    notice.labels = {{"team", once_in(2) ? "desk" : "night"}};
    if (!once_in(4)) notice.announced_at = notice.announced_time = kNoon + std::chrono::minutes{below(20)};
    if (!once_in(5)) notice.told_at = notice.announced_at;  // else it came of history
    if (once_in(4)) notice.suppressed_by = once_in(3) ? std::string(kBeyondLimit) : "silence:s1";
    if (once_in(5)) notice.raised_to = "critical";
    notice.update_held = once_in(5);
    return notice;
  }

 private:
  std::mt19937 random_;
};

/// By the definition: of all that fire and are told, the first by id that contains it.
std::string naive_whole(const OpenNotices& open, const SeriesKey& key, const RuleOptions& rule,
                        const std::vector<RuleOptions>& rules) {
  for (const auto& [id, other] : open) {
    for (const RuleOptions& whole : rules) {
      if (whole.name == other.rule && other.is_heard() && is_part_of(rule, key, whole, other.key)) return id;
    }
  }
  return {};
}

Transition as_known(const Notice& notice) {
  Transition alert;
  alert.alert_id = notice.alert_id;
  alert.rule = notice.rule;
  alert.key = notice.key;
  alert.severity = notice.severity;
  alert.labels = notice.labels;
  alert.state = AlertState::firing;
  return alert;
}

}  // namespace

TEST_CASE("open alerts: the whole of a series is the one that the definition finds, as alerts come, change and go") {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    Draw draw(seed);
    const auto rules = draw.rules();
    OpenNotices open;
    std::size_t found = 0;
    for (int step = 0; step < 150; ++step) {
      const std::size_t id = draw.below(40);
      if (draw.once_in(3)) {
        open.erase("alert-" + std::to_string(id));
      } else {
        open.put(draw.notice(id));
      }
      const SeriesKey key = draw.key();
      const RuleOptions& rule = rules[draw.below(rules.size())];
      const std::string whole = open.whole_of(key, rule, rules);
      CAPTURE(seed, step);
      REQUIRE(whole == naive_whole(open, key, rule, rules));
      if (!whole.empty()) ++found;
    }
    CHECK(found > 5);
    open.clear();
    CHECK(open.empty());
    CHECK(open.whole_of({{"topic", "a"}}, rules[0], rules).empty());
  }
}

TEST_CASE("open alerts: what would change is what decide_meanwhile() changes") {
  std::size_t changed = 0, same = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    Draw draw(seed);
    const auto rules = draw.rules();
    OpenNotices open;
    for (std::size_t id = 0; id < 15; ++id) open.put(draw.notice(id));
    const std::vector<Silence> silences = {{"s1", {{"team", {"desk"}}}, kNoon, kNoon + 15min, "ann", ""}};
    std::vector<WebhookOptions> webhooks(1);
    webhooks[0].name = "desk";
    Scene scene;
    scene.now = scene.event_time = kNoon + std::chrono::minutes{draw.below(60)};
    scene.rules = rules;
    scene.webhooks = webhooks;
    scene.silences = silences;
    scene.open = &open;
    scene.announced = [&](const std::string& rule, TimePoint, TimePoint) { return rule == "rule-1" ? 1 : 0; };
    for (const auto& [id, notice] : open) {
      for (const bool acknowledged : {false, true}) {
        Notice after = notice;
        decide_meanwhile(after, as_known(notice), scene, acknowledged);
        CAPTURE(seed, id, acknowledged);
        REQUIRE(changes_meanwhile(notice, scene, acknowledged) == !(after == notice));
        ++(after == notice ? same : changed);
      }
    }
  }
  CHECK(changed > 500);
  CHECK(same > 500);
}

namespace {

/// This thread's processor time, which other programs do not lengthen.
std::chrono::nanoseconds processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// The shortest of three looks at `count` alerts of which none is due.
std::chrono::nanoseconds time_to_look_at(std::size_t count) {
  std::vector<RuleOptions> rules(3);
  for (std::size_t i = 0; i < rules.size(); ++i) rules[i].name = "rule-" + std::to_string(i);
  OpenNotices open;
  for (std::size_t i = 0; i < count; ++i) {
    Notice notice;
    notice.alert_id = "alert-" + std::to_string(i);
    notice.rule = rules[2].name;
    notice.key = {{"topic", "t" + std::to_string(i % 20)}, {"entity", "e" + std::to_string(i)}};
    notice.announced_at = notice.told_at = kNoon;
    open.put(notice);
  }
  Scene scene;
  scene.now = scene.event_time = kNoon + 1h;
  scene.rules = rules;
  scene.open = &open;
  auto shortest = std::chrono::nanoseconds::max();
  for (int round = 0; round < 3; ++round) {
    const auto began = processor_time();
    for (const auto& [id, notice] : open) REQUIRE_FALSE(changes_meanwhile(notice, scene, false));
    shortest = std::min(shortest, processor_time() - began);
  }
  return shortest;
}

}  // namespace

TEST_CASE("open alerts: ten times as many take some ten times as long to look at") {
  // Each against each other would take a hundred times as long.
  CHECK(time_to_look_at(10'000) < 40 * time_to_look_at(1'000));
}
