// The same document comes again and names more companies: their alerts, live, after a restart and from the rows alone.
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "storage/document/sequence_export.hpp"
#include "tests/support/applier_bench.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const std::map<std::string, std::string> kHalden = {{"entity", "halden"}}, kOstrava = {{"entity", "ostrava"}};

struct Chain : tests::ApplierBench {
  Applied apply(const Scored& record) { return ApplierBench::apply(record, kFrom); }
  std::uint64_t observed(const std::map<std::string, std::string>& key) {
    return applier->detector().read(options.rules[0].name, key, 15min)->observed;
  }
};

/// The record comes again, and its source names a company by an id.
Scored again(Scored record, std::uint64_t number, std::size_t entity) {
  const auto finder = tests::two_companies();
  const auto& watched = finder->entities()[entity];
  record.incoming.number = number;
  record.incoming.kafka = storage::KafkaPosition{"cluster", "news", 0, static_cast<std::int64_t>(number) + 1};
  record.entities = {{watched.id, watched.name, watched.tags, 0, 0, record.label}};
  return record;
}

/// Quiet hours and a burst about Halden Bank; each story of the burst comes again soon after and names Ostrava Steel.
std::vector<Scored> burst_named_later() {
  auto records = tests::quiet_then_burst(kFrom);
  std::vector<Scored> rows;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i >= 60) records[i].entities[0].end = 6;
    rows.push_back(records[i]);
    if (i >= 62) rows.push_back(again(records[i - 2], 0, 1));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].incoming.number = i;
    rows[i].incoming.kafka = storage::KafkaPosition{"cluster", "news", 0, static_cast<std::int64_t>(i) + 1};
  }
  return rows;
}

}  // namespace

TEST_CASE("a company that repeats bring in has its alert") {
  Chain chain;
  std::vector<alerts::Transition> told;
  std::size_t revised = 0;
  for (const auto& row : burst_named_later()) {
    const auto applied = chain.apply(row);
    revised += applied.commit.outcome == storage::Outcome::revised ? 1 : 0;
    CHECK(applied.addition.has_value() == (applied.commit.outcome == storage::Outcome::revised));
    for (const auto& transition : applied.transitions) {
      if (transition.key == kOstrava) told.push_back(transition);
    }
  }
  CHECK(revised == 14);
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].type == "alert.firing");
  CHECK(chain.observed(kOstrava) == 14);
  CHECK(chain.observed(kHalden) == 16);
  chain.check_sound();
}

TEST_CASE("with companies that repeats bring in, a run that is restarted after each row leaves the same database") {
  Chain through, restarted;
  std::vector<Scored> rows = burst_named_later();
  const std::size_t gone = rows.size() - 9;
  rows.insert(rows.end() - 3, tests::removal_of(rows[gone], rows.size()));
  for (const auto& row : rows) {
    through.apply(row);
    restarted.apply(row);
    restarted.restart();
  }
  CHECK(through.dump() == restarted.dump());
  through.check_sound();
}

TEST_CASE("rules that learn from the rows see those companies as the live ones did") {
  const auto rows = burst_named_later();
  Chain live;
  live.options.rules[0].group_by = {"topic", "entity"};
  live.restart();
  for (const auto& row : rows) live.apply(row);
  for (const std::size_t page : {3U, 1'000U}) {
    Chain chain;
    for (const auto& row : rows) chain.apply(row);
    DetectorRebuild rebuild(live.options.rules, chain.options.detector, tags_by_entity(*tests::two_companies()));
    rebuild.read(chain.database, page);
    CHECK(rebuild.documents() == 76);
    // A document is taken back that had been read with what was added to it.
    for (Chain* one : {&live, &chain}) {
      if (one == &live && page != 3U) continue;
      one->apply(tests::removal_of(rows[rows.size() - 9], rows.size()));
    }
    rebuild.read(chain.database, page);
    for (const std::string company : {"halden", "ostrava"}) {
      const std::map<std::string, std::string> key = {{"entity", company}, {"topic", "earnings"}};
      const auto learned = rebuild.detector().read("negative-burst", key, 15min);
      REQUIRE(learned);
      CHECK(learned->observed == live.applier->detector().read("negative-burst", key, 15min)->observed);
      CHECK(learned->expected == live.applier->detector().read("negative-burst", key, 15min)->expected);
    }
  }
}

TEST_CASE("an exported row names the companies that its source had named by then") {
  Chain chain;
  auto record = tests::scored_record(0, kFrom, "one", 0.9);
  chain.apply(again(record, 0, 0));
  chain.apply(again(record, 1, 1));
  std::vector<std::string> lines;
  storage::export_sequence(chain.database, [&](const std::string& line) { lines.push_back(line); });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find(R"("entities":["halden"])") != std::string::npos);
  CHECK(lines[1].find(R"("entities":["halden","ostrava"])") != std::string::npos);
}
