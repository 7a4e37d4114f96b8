// GET /v1/alerts/why-not on a real database, called without sockets.
#include "daemon/api/why_not_api.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <boost/json.hpp>
#include <sstream>

#include "storage/alert/silences.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const TimePoint kBurst = kFrom + 30h;

std::string text(const json::value& value) { return std::string(value.as_string()); }

/// Thirty quiet hours and the first `bad` of sixteen bad stories, half a minute apart, as a daemon has stored them.
struct Stored {
  explicit Stored(std::size_t bad)
      : writer(storage::Connection::open_writer(folder.file())), readers(folder.file(), {}, 2) {
    live.rules = {tests::burst_rule()};
    live.detector.model_version = tests::kModel;
    auto records = tests::quiet_then_burst(kFrom);
    records.resize(60 + bad);
    store(std::move(records));
    add_why_not_route(router,
                      {readers, [this] { return live.rules; },
                       [this] {
                         if (during) during();
                         return tests::two_companies();
                       },
                       live.detector, log},
                      {},
                      {[] {
                         return std::make_shared<const ingest::EntityFinder>(
                             std::vector<ingest::WatchedEntity>{{"quiet", "Quiet plc", {}, "", "", "", "", {}}});
                       },
                       {}});
    log->set_level(spdlog::level::debug);
  }
  void store(const std::vector<Scored>& records) {
    Applier applier(writer, live);
    storage::Transaction transaction(writer);
    for (const Scored& record : records) applier.apply(record, record.scored_at);
    applier.finish();
    transaction.commit();
  }
  ApiResponse get(const std::string& query, TimePoint now = kBurst + 10min) {
    return call(router, "GET", "/v1/alerts/why-not?" + query, "", {}, now);
  }
  json::value ok(const std::string& query, TimePoint now = kBurst + 10min) {
    const ApiResponse response = get(query, now);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }

  storage_test::TempFolder folder;
  storage::Connection writer;
  ReaderPool readers;
  ApplierOptions live;
  Router router;
  std::function<void()> during;  // called before an answer is worked out
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log =
      std::make_shared<spdlog::logger>("query", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
};

const std::string kHalden = "rule=negative-burst&entity=halden";

std::string at(TimePoint time) { return "&at=" + std::to_string(time.time_since_epoch().count()); }

/// Without what differs by how the answer was found.
std::string judgement_of(json::value answer) {
  for (const char* member : {"at", "cost"}) answer.as_object().erase(member);
  return json::serialize(answer);
}

}  // namespace

TEST_CASE("why-not: below the bound, with the numbers, from the daemon's own state") {
  Stored stored(3);
  const json::value answer = stored.ok(kHalden);
  CHECK(answer.at("fired") == false);
  CHECK(answer.at("alert").is_null());
  CHECK(answer.at("cost").at("replayed") == false);
  CHECK(answer.at("event_time") == "2026-01-06T14:01:00.000Z");
  CHECK(answer.at("series").at("known") == true);
  CHECK(answer.at("series").at("state") == "warming");
  CHECK(answer.at("budget").at("count").to_number<double>() == 1.0);
  CHECK(answer.at("min_stories") == 5);
  const json::value& shortest = answer.at("windows").at(0);
  CHECK(shortest.at("window") == "5m");
  CHECK(shortest.at("observed") == 3);
  CHECK(shortest.at("bound").to_number<double>() >= 5.0);
  CHECK(shortest.at("p_value").to_number<double>() > 0.0);
  const std::string reason = text(answer.at("reason"));
  CHECK(has(reason, "3 negative stories in 5 minutes; "));
  CHECK(has(reason, " would have fired"));
  CHECK(answer.at("lateness").at("documents").to_number<int>() > 10);
  CHECK(answer.at("lateness").at("came_later") == 0);
}

TEST_CASE("why-not: the past is replayed, and is what the state was then") {
  Stored then(3), later(16);
  const json::value present = then.ok(kHalden);
  const json::value past = later.ok(kHalden + at(kBurst + 60s));
  CHECK(past.at("cost").at("replayed") == true);
  CHECK(past.at("cost").at("documents") == 63);
  CHECK(past.at("windows") == present.at("windows"));
  CHECK(past.at("event_time") == present.at("event_time"));
  CHECK(past.at("fired") == false);
  CHECK(past.at("reason") == present.at("reason"));
}

TEST_CASE("why-not: the log says what an answer cost, and tells of a replay at the level info") {
  Stored stored(16);
  stored.log->set_pattern("%l %v");
  stored.ok(kHalden);
  CHECK(has(stored.lines.str(),
            "debug why-not of rule negative-burst {\"entity\":\"halden\"} at 2026-01-06T14:10:00.000Z: "
            "read from the detector's state, "));
  CHECK_FALSE(has(stored.lines.str(), "info"));
  stored.ok(kHalden + at(kBurst + 60s));
  CHECK(has(stored.lines.str(),
            "info why-not of rule negative-burst {\"entity\":\"halden\"} at 2026-01-06T14:01:00.000Z: "
            "63 stored documents replayed, "));
  CHECK(stored.lines.str().ends_with(" ms\n"));
}

TEST_CASE("why-not: the alert that fired, and the silence that keeps it quiet") {
  Stored stored(16);
  json::value answer = stored.ok(kHalden);
  CHECK(answer.at("fired") == true);
  CHECK(answer.at("alert").at("state") == "firing");
  CHECK(
      has(text(answer.at("reason")), "alert " + text(answer.at("alert").at("id")) + " is open since 2026-01-06T14:0"));
  CHECK(answer.at("silence").is_null());

  storage::SilenceRow silence;
  silence.match = {{"entity", {"halden"}}};
  silence.from = kBurst;
  silence.to = kBurst + 1h;
  silence.by = "ann";
  storage::Transaction transaction(stored.writer);
  storage::Silences(stored.writer).add(silence);
  transaction.commit();
  answer = stored.ok(kHalden);
  CHECK(answer.at("silence").at("by") == "ann");
  CHECK(has(text(answer.at("reason")), "; a silence by ann is in force: nobody is notified"));
  CHECK(stored.ok("rule=negative-burst&entity=ostrava").at("silence").is_null());
  CHECK(stored.ok(kHalden, kBurst + 2h).at("silence").is_null());
}

TEST_CASE("why-not: a rule's mute times, and what suppresses an alert") {
  Stored stored(16);
  CHECK(stored.ok(kHalden).at("muted") == false);
  CHECK(stored.ok(kHalden).at("alert").at("suppressed_by").is_null());
  stored.live.rules[0].mute = {alerts::parse_mute_time("12:00-18:00").value()};
  stored.writer.execute("UPDATE alert SET suppressed_by = 'mute'");
  const json::value answer = stored.ok(kHalden);
  CHECK(answer.at("muted") == true);
  CHECK(answer.at("alert").at("suppressed_by") == "mute");
  CHECK(
      has(text(answer.at("reason")), "; the rule is mute at this time: nobody is notified; it is suppressed by mute"));
}

TEST_CASE("why-not: documents that came too late for the moment are counted") {
  Stored stored(3);
  Scored late = tests::scored_record(900, kBurst - 3h, "an old story", 0.9, 0);
  late.scored_at = kBurst + 2min;
  stored.store({late});
  const json::value past = stored.ok(kHalden + at(kBurst - 1h));
  CHECK(past.at("lateness").at("came_later") == 1);
  CHECK(has(text(past.at("reason")), "; 1 document of the 24 hours before came later"));
  CHECK(past.at("cost").at("documents") == 59);
  CHECK(stored.ok(kHalden).at("lateness").at("late") == 1);
}

TEST_CASE("why-not: a series that nobody heard of, and a key as JSON") {
  Stored stored(3);
  CHECK(text(stored.ok("rule=negative-burst&entity=quiet").at("reason")) ==
        "the rule has heard no document of this series");
  CHECK(judgement_of(stored.ok(R"(rule=negative-burst&key=%7B"entity":"halden"%7D)")) ==
        judgement_of(stored.ok(kHalden)));
}

TEST_CASE("why-not: what is wrong with the question") {
  Stored stored(3);
  CHECK(stored.get("rule=another&entity=halden").status == 404);
  CHECK(has(stored.get("rule=negative-brust&entity=halden").body, "(did you mean 'negative-burst'?)"));
  for (const auto& [query, said] : std::vector<std::pair<std::string, std::string>>{
           {"entity=halden", "names a rule"},
           {"rule=negative-burst", "names no entity"},
           {"rule=negative-burst&entity=halden&topic=earnings", R"(the rule has no series by \"topic\")"},
           {"rule=negative-burst&key=halden", "is a JSON object"},
           {"rule=negative-burst&entity=haldn", "there is no entity 'haldn' (did you mean 'halden'?)"},
           {kHalden + "&color=red", "color"}}) {
    CAPTURE(query);
    const ApiResponse response = stored.get(query);
    CHECK(response.status == 400);
    CHECK(has(response.body, said));
  }
}

TEST_CASE("why-not: one replay runs at a time, and ends at the deadline; the present needs none") {
  Stored stored(16);
  const std::string past = kHalden + at(kBurst);
  ApiResponse second, present;
  stored.during = [&] {
    if (!second.body.empty()) return;
    second = stored.get(past);
    present = stored.get(kHalden);
  };
  CHECK(stored.get(past).status == 200);
  CHECK(second.status == 503);
  CHECK(has(second.body, "another past is being replayed"));
  CHECK(present.status == 200);
  CHECK(stored.get(past).status == 200);

  ApiRequest request;
  request.method = "GET";
  request.path = "/v1/alerts/why-not";
  request.query = {{"rule", "negative-burst"}, {"entity", "halden"}, {"at", "-1d"}};
  request.now = kBurst + 10h;
  const auto& route = stored.router.routes().at(0);
  CHECK(route.access == Access::read);
  const auto& run = std::get<QueryHandler>(route.handler).run;
  request.deadline = std::chrono::steady_clock::time_point::max();
  stored.during = [&] { request.deadline = std::chrono::steady_clock::now(); };
  const auto late = run(request);
  CHECK(late.status == 503);
  CHECK(has(late.body, "urn:tapewatch:problem:deadline"));
  CHECK(has(late.body, "daemon.request_deadline"));
}
