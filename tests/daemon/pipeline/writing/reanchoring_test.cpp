// Event time that a wrong clock moved and a re-anchoring puts right: against a run whose clock was right.
#include <map>
#include <set>
#include <tuple>

#include "storage/alert/alert_reader.hpp"
#include "storage/clock.hpp"
#include "tests/support/applier_bench.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

const TimePoint kFrom = TimePoint(milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

/// Real time is `real`; the clock that stamps and ticks is off by `off`.
struct Run : tests::ApplierBench {
  /// The record as it arrives: stamped by the clock, clamped to it.
  void arrive(Scored record) {
    auto& document = std::get<ingest::Document>(record.incoming.content);
    document.received_at = document.published_at + off;
    if (undated && record.incoming.number % 2 == 1) {
      document.published_at = document.received_at;
      document.published_from = ingest::PublishedFrom::received;
    } else if (document.published_at > document.received_at) {
      document.published_at = document.received_at;
      document.published_clamped = true;
    }
    commit([&] { applier->apply(record, document.received_at); });
  }
  void arrive(const std::vector<Scored>& records) {
    for (const auto& record : records) arrive(record);
  }
  void take_back(const Scored& record, TimePoint real) {
    const Scored removal = tests::removal_of(record, 10'000);
    commit([&] { applier->apply(removal, real + off); });
  }
  void tick(TimePoint real) {
    commit([&] { applier->tick(std::max(real + off, applier->event_time()), real + off); });
  }
  Reanchored reanchor(TimePoint to) {
    Reanchored done;
    commit([&] { done = applier->reanchor(to, to); });
    return done;
  }
  /// The alerts that people know, without those that were voided: id, key, start, whether it is open.
  std::vector<std::tuple<std::string, std::string, TimePoint, std::string>> alerts() {
    std::vector<std::tuple<std::string, std::string, TimePoint, std::string>> all;
    for (const auto& alert : storage::AlertReader(database).list({.limit = 1000}).items) {
      if (alert.row.reason == "clock") continue;
      all.emplace_back(alert.row.id, alert.row.key_json, alert.row.started_at, alert.row.state);
    }
    return all;
  }

  milliseconds off{0};
  bool undated = false;  // every second document: its source gives no time
};

/// Thirty quiet hours, a surge, an hour more, parted by the span in which the clock is wrong.
struct Wire {
  std::vector<Scored> before, during, after;
};
TimePoint time_of(const Scored& record) { return std::get<ingest::Document>(record.incoming.content).published_at; }
Wire wire(TimePoint wrong_from, TimePoint wrong_to) {
  auto records = tests::quiet_then_burst(kFrom);
  for (const auto minute : {15, 40, 50, 60}) {
    const auto number = static_cast<std::uint64_t>(500 + minute);
    records.push_back(tests::scored_record(number, kBurst + minute * 1min, "later " + std::to_string(number), 0.05, 1));
  }
  Wire parts;
  for (auto& record : records) {
    auto& part = time_of(record) < wrong_from ? parts.before : time_of(record) < wrong_to ? parts.during : parts.after;
    part.push_back(std::move(record));
  }
  return parts;
}

}  // namespace

TEST_CASE("re-anchoring: a clock that was ahead for a surge loses no alert and doubles none") {
  const milliseconds off = GENERATE(as<milliseconds>{}, 1h, 25h, 24h * 30);
  const bool undated = GENERATE(false, true);
  const bool stops = GENERATE(false, true);
  CAPTURE(off.count(), undated, stops);
  const Wire news = wire(kBurst - 40min, kBurst + 30min);

  Run right;
  right.undated = undated;
  for (const auto* part : {&news.before, &news.during, &news.after}) right.arrive(*part);
  right.tick(kBurst + 75min);
  REQUIRE(right.alerts().size() == 1);

  Run wrong;
  wrong.undated = undated;
  wrong.arrive(news.before);
  wrong.off = off;
  wrong.tick(kBurst - 40min);  // the first of a start
  wrong.arrive(news.during);
  wrong.tick(kBurst + 35min);
  wrong.off = 0ms;
  if (stops) wrong.restart();
  const auto done = wrong.reanchor(kBurst + 35min);
  CHECK(done.from == kBurst + 35min + off);
  CHECK(wrong.applier->event_time() == kBurst + 35min);
  CHECK(storage::Clock(wrong.database).event_time() == kBurst + 35min);
  if (stops) wrong.restart();
  wrong.arrive(news.after);
  wrong.tick(kBurst + 75min);

  const auto found = wrong.alerts(), expected = right.alerts();
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(std::get<1>(found[i]) == std::get<1>(expected[i]));
    CHECK(std::get<3>(found[i]) == std::get<3>(expected[i]));
    CHECK(std::get<2>(found[i]) == std::get<2>(expected[i]));
    // Where it was told before, under a wrong start, it goes on under that id.
    if (off > wrong.options.storage.max_lateness && !undated) CHECK(std::get<0>(found[i]) == std::get<0>(expected[i]));
  }
  CHECK(wrong.count("outbox WHERE type = 'alert.firing'") == 1);
  CHECK(wrong.count("document WHERE late") == 0);
  CHECK(wrong.count("document WHERE at > (SELECT event_time FROM clock)") == 0);
  CHECK(wrong.count("reanchoring") == 1);
  wrong.check_sound();
}

TEST_CASE("re-anchoring: a clock wrongly put back and believed, and then right again: every alert is there, once") {
  const milliseconds off = GENERATE(as<milliseconds>{}, 1h, 25h, 24h * 30);
  const bool undated = GENERATE(false, true);
  CAPTURE(off.count(), undated);
  const Wire news = wire(kBurst + 10min, kBurst + 25min);

  Run right;
  right.undated = undated;
  right.arrive(news.before);  // with the surge
  right.tick(kBurst + 10min);
  right.arrive(news.during);
  right.arrive(news.after);
  right.tick(kBurst + 75min);
  REQUIRE(right.alerts().size() == 1);

  Run wrong;
  wrong.undated = undated;
  wrong.arrive(news.before);
  wrong.tick(kBurst + 10min);
  const auto told = wrong.alerts();
  REQUIRE(told.size() == 1);
  wrong.off = -off;
  const auto back = wrong.reanchor(kBurst + 10min - off);
  CHECK(back.corrected.held > 0);
  CHECK((back.corrected.restamped > 0) == undated);
  if (!undated) CHECK(wrong.count("alert WHERE state = 'resolved' AND reason = 'clock'") == 1);
  wrong.arrive(news.during);
  wrong.tick(kBurst + 25min);
  wrong.off = 0ms;
  const auto forth = wrong.reanchor(kBurst + 26min);
  CHECK(forth.corrected.held == 0);
  wrong.restart();
  wrong.arrive(news.after);
  wrong.tick(kBurst + 75min);

  CHECK(wrong.alerts() == right.alerts());
  CHECK(wrong.count("document WHERE held IS NOT NULL") == 0);
  CHECK(wrong.count("reanchoring") == 2);
  wrong.check_sound();
}

TEST_CASE(
    "re-anchoring: what was taken back while the clock was wrong, of before and of then, stays out of the alert") {
  const milliseconds off = GENERATE(as<milliseconds>{}, 1h, 25h, 24h * 30);
  const bool stops = GENERATE(false, true);
  CAPTURE(off.count(), stops);
  const Wire news = wire(kBurst + 2min, kBurst + 30min);  // the clock goes wrong in the middle of the surge
  const Scored& of_before = news.before.back();
  const Scored& of_then = news.during.front();
  const auto run = [&](Run& it, milliseconds wrong_by) {
    it.arrive(news.before);
    it.off = wrong_by;
    if (wrong_by != 0ms) it.tick(kBurst + 2min);
    it.arrive(news.during);
    it.take_back(of_before, kBurst + 29min);
    it.take_back(of_then, kBurst + 29min);
    it.tick(kBurst + 35min);
    it.off = 0ms;
    if (stops) it.restart();
    if (wrong_by != 0ms) it.reanchor(kBurst + 35min);
    it.arrive(news.after);
    it.tick(kBurst + 75min);
  };
  Run right, wrong;
  run(right, 0ms);
  run(wrong, off);
  REQUIRE(right.alerts().size() == 1);
  const auto found = wrong.alerts(), expected = right.alerts();
  REQUIRE(found.size() == 1);
  CHECK(std::get<1>(found[0]) == std::get<1>(expected[0]));
  // What begins it may be gone: it is judged again without.
  CHECK(std::get<2>(found[0]) >= std::get<2>(expected[0]));
  CHECK(std::get<3>(found[0]) == std::get<3>(expected[0]));
  CHECK(wrong.count("document WHERE removed IS NOT NULL") == 2);
  for (const Scored* gone : {&of_before, &of_then}) {
    const auto& title = std::get<ingest::Document>(gone->incoming.content).title;
    CHECK(wrong.count("alert WHERE instr(evidence, '" + title + "')") == 0);
    CAPTURE(title);
    CHECK(wrong.count("alert_transition WHERE instr(evidence, '" + title + "')") == 0);
  }
  wrong.check_sound();
}

TEST_CASE("re-anchoring: ten thousand late documents, and a backlog of two days, change nothing of it") {
  const bool backlog = GENERATE(false, true);
  CAPTURE(backlog);
  const Wire news = wire(kBurst - 40min, kBurst + 30min);
  std::vector<Scored> more;
  for (int i = 0; i < (backlog ? 576 : 10'000); ++i) {
    const auto number = static_cast<std::uint64_t>(20'000 + i);
    const TimePoint at = backlog ? kFrom - 48h + i * 5min : kFrom + i % 600 * 1min;
    more.push_back(
        tests::scored_record(number, at, "old story " + std::to_string(number), i % 17 == 0 ? 0.9 : 0.05, 1));
  }
  const auto run = [&](Run& it, bool wrong) {
    if (backlog) {
      it.commit([&] {
        for (const auto& record : more) it.applier->apply(record, kFrom);
      });
    }
    it.arrive(news.before);
    if (wrong) {
      it.off = 25h;
      it.tick(kBurst - 40min);
    }
    it.arrive(news.during);
    if (!backlog) {
      it.commit([&] {
        for (const auto& record : more) it.applier->apply(record, kBurst + 30min);
      });
    }
    it.tick(kBurst + 35min);
    it.off = 0ms;
    if (wrong) it.reanchor(kBurst + 35min);
    it.arrive(news.after);
    it.tick(kBurst + 75min);
  };
  Run right, wrong;
  run(right, false);
  run(wrong, true);
  REQUIRE_FALSE(right.alerts().empty());
  CHECK(wrong.alerts() == right.alerts());
  CHECK(wrong.count("document WHERE late") == right.count("document WHERE late"));
  wrong.check_sound();
}

TEST_CASE("re-anchoring: what the rows since cannot tell, for want of a state from before, is learned from history") {
  const Wire news = wire(kBurst - 40min, kBurst + 30min);
  Run run;
  run.arrive(news.before);
  run.off = 25h;
  run.tick(kBurst - 40min);
  run.arrive(news.during);
  run.commit([&] { storage::DetectorStateStore(run.database).forget_marks(); });
  run.restart();
  run.off = 0ms;
  std::int64_t steps = 0;
  run.commit([&] { run.applier->reanchor(kBurst + 35min, kBurst, [&](std::int64_t, std::int64_t) { ++steps; }); });
  CHECK(steps > 0);
  CHECK(run.alerts().size() == 1);
  CHECK(run.applier->detector().read("negative-burst", {{"entity", "halden"}}, 15min)->warm);
  run.check_sound();
}

TEST_CASE("re-anchoring: one that is not committed leaves nothing behind, and comes out the same when done again") {
  const Wire news = wire(kBurst - 40min, kBurst + 30min);
  Run run;
  run.arrive(news.before);
  run.off = 25h;
  run.tick(kBurst - 40min);
  run.arrive(news.during);
  const auto before = run.dump();
  {
    storage::Transaction transaction(run.database);
    run.applier->reanchor(kBurst + 35min, kBurst + 35min);
  }
  CHECK(run.dump() == before);
  run.restart();
  run.reanchor(kBurst + 35min);
  const auto done = run.dump();
  run.restart();
  run.commit([] {});
  CHECK(run.dump() == done);
}
