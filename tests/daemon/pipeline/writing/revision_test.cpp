// A document whose source changes it to say the opposite: the alert shows it, live, restarted, replayed and rebuilt.
#include "daemon/commands/exported_sequence.hpp"
#include "daemon/commands/transition_json.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "ingest/document/json_text.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_export.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/scored_records.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// A database and an applier over it that can be given up and made again.
struct Chain {
  Chain() {
    options.rules = {tests::burst_rule()};
    options.detector.model_version = tests::kModel;
    connection.emplace(storage::Connection::open_writer(folder.at("t.db"), options.storage));
    start();
  }
  void start() {
    applier.emplace(*connection, options);
    applier->set_tags(tags_by_entity(*tests::two_companies()));
  }
  Applied apply(const Scored& record) {
    storage::Transaction transaction(*connection);
    Applied applied = applier->apply(record, record.scored_at);
    applier->finish();
    transaction.commit();
    for (const auto& step : applied.transitions) told.push_back(transition_json(step));
    return applied;
  }

  tests::ScratchFolder folder;
  ApplierOptions options;
  std::optional<storage::Connection> connection;
  std::optional<Applier> applier;
  std::vector<std::string> told;
};

void set_title(Scored& record, const std::string& title) {
  std::get<ingest::Document>(record.incoming.content).title = title;
  record.story_key = title;
  record.story_signature = ingest::story_signature(title);
}

Scored revision_of(Scored record, const std::string& title) {
  record.incoming.kafka.reset();
  set_title(record, title);
  return record;
}

/// A burst whose story `kTurned` falls, which is told by more documents than the others.
constexpr std::size_t kTurned = 70, kLast = 75;
std::vector<Scored> burst_with_a_fall() {
  auto records = tests::quiet_then_burst(kFrom);
  set_title(records[kTurned], "Halden Bank profit falls 6%");
  for (int i = 0; i < 3; ++i) {
    Scored reprint = records[kTurned];
    auto& document = std::get<ingest::Document>(reprint.incoming.content);
    document.id = "reprint-" + std::to_string(i);
    document.received_at = document.published_at = records[kLast].scored_at;
    records.push_back(std::move(reprint));
  }
  return records;
}

std::vector<Scored> numbered(std::vector<Scored> records) {
  for (std::size_t i = 0; i < records.size(); ++i) records[i].incoming.number = i;
  return records;
}

/// The story rises after all; then a further revision, and a last bad story.
std::vector<Scored> rows_of_the_run() {
  auto records = burst_with_a_fall();
  records.push_back(revision_of(records[kTurned], "Halden Bank profit rises 6%"));
  records.push_back(revision_of(records[kTurned], "Halden Bank profit rises 16%"));
  Scored last = records[kLast];
  auto& document = std::get<ingest::Document>(last.incoming.content);
  document.id = "last";
  document.received_at = document.published_at = last.scored_at += 30s;
  set_title(last, "Halden Bank loses its largest client");
  records.push_back(std::move(last));
  return numbered(std::move(records));
}

/// The story rises after all, and is about Ostrava Steel as well, as its source says now.
std::vector<Scored> rows_that_turn_and_name() {
  auto records = burst_with_a_fall();
  Scored revision = revision_of(records[kTurned], "Halden Bank profit rises 6%");
  const auto finder = tests::two_companies();
  const auto& ostrava = finder->entities()[1];
  revision.entities.push_back({ostrava.id, ostrava.name, ostrava.tags, 0, 0, revision.label});
  records.push_back(std::move(revision));
  return numbered(std::move(records));
}

bool is_turned(const std::string& json) { return json.find(R"("turned":true)") != std::string::npos; }

std::vector<std::string> gists(const std::vector<alerts::Transition>& told) {
  std::vector<std::string> all;
  for (const auto& step : told) {
    const char* turned = is_turned(transition_json(step)) ? " turned" : "";
    all.push_back(step.type + " " + step.rule + " " + step.key.at("entity") + turned);
  }
  return all;
}

/// An alert for each grave story about a company, beside those over counts.
void watch_stories(Chain& chain) {
  alerts::RuleOptions rule = tests::burst_rule();
  rule.name = "grave-story";
  rule.measure = alerts::Measure::story;
  rule.min_negative = 0.8;
  chain.options.rules.push_back(rule);
  chain.start();
}

/// What the exported sequence of a database gives in another one, scored as in the run.
std::vector<std::string> replayed(Chain& live, const std::vector<Scored>& rows) {
  std::map<std::string, Scored> by_title;
  for (const auto& row : rows) by_title[std::get<ingest::Document>(row.incoming.content).title] = row;
  Chain replay;
  replay.options = live.options;
  replay.start();
  storage::export_sequence(*live.connection, [&](const std::string& line) {
    std::vector<ingest::FieldWarning> warnings;
    const auto decoded = decode_exported(*ingest::parse_json_text(line, 32, warnings), {});
    REQUIRE(decoded.has_value());
    const auto& document = std::get<ExportedDocument>(*decoded).document;
    Scored record = by_title.at(document.title);
    record.incoming.kafka.reset();
    record.incoming.content = document;
    record.scored_at = document.received_at;
    replay.apply(record);
  });
  return replay.told;
}

}  // namespace

TEST_CASE("a revision that says the opposite is seen: the firing alert is told again with the story marked, once") {
  Chain chain;
  const auto rows = rows_of_the_run();
  std::size_t turns = 0;
  for (const auto& row : rows) {
    const Applied applied = chain.apply(row);
    if (!applied.turned) continue;
    ++turns;
    CHECK(applied.commit.outcome == storage::Outcome::revised);
    REQUIRE(applied.transitions.size() == 1);
    CHECK(applied.transitions[0].type == "alert.updated");
    CHECK(is_turned(transition_json(applied.transitions[0])));
    const auto alert = storage::AlertReader(*chain.connection).list({.states = {"firing"}});
    REQUIRE(alert.items.size() == 1);
    CHECK(is_turned(alert.items[0].row.evidence_json));
  }
  CHECK(turns == 1);
}

TEST_CASE("with revisions, a run that is restarted after each row leaves the same database") {
  Chain through, restarted;
  for (const auto& row : rows_of_the_run()) {
    through.apply(row);
    restarted.apply(row);
    restarted.start();
  }
  CHECK(tests::dump_database(*through.connection, {}) == tests::dump_database(*restarted.connection, {}));
}

TEST_CASE("the exported sequence of a run with revisions gives the same transitions again, byte for byte") {
  Chain live;
  const auto rows = rows_of_the_run();
  for (const auto& row : rows) live.apply(row);
  REQUIRE(std::any_of(live.told.begin(), live.told.end(), is_turned));
  CHECK(replayed(live, rows) == live.told);
}

TEST_CASE("a story whose first document is removed stays marked by a later document that was revised") {
  Chain live;
  auto rows = tests::quiet_then_burst(kFrom);
  set_title(rows[kTurned], "Halden Bank profit falls 6%");
  const Scored first = rows[kTurned];
  for (int i = 0; i < 4; ++i) {
    Scored reprint = first;
    auto& document = std::get<ingest::Document>(reprint.incoming.content);
    document.id = "reprint-" + std::to_string(i);
    document.received_at = document.published_at = rows.back().scored_at;
    rows.push_back(std::move(reprint));
  }
  rows.push_back(revision_of(rows.back(), "Halden Bank profit rises 6%"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].incoming.number = i;
    live.apply(rows[i]);
  }
  const Applied applied = live.apply(tests::removal_of(first, rows.size()));
  REQUIRE(applied.retraction);
  CHECK(applied.retraction->others.back().revoked);
  CHECK_FALSE(applied.retraction->others.front().revoked);
  REQUIRE(applied.transitions.size() == 1);
  CHECK(is_turned(transition_json(applied.transitions[0])));
}

TEST_CASE("a detector that is rebuilt from stored history knows what was turned") {
  Chain live;
  for (const auto& row : rows_of_the_run()) live.apply(row);
  alerts::TrendDetector rebuilt(live.options.rules, live.options.detector);
  const EntityTags tags = tags_by_entity(*tests::two_companies());
  HistoryFeed feed(rebuilt, {tests::kModel, ""}, tags);
  std::size_t told = 0;
  for (const auto& row : storage::SequenceReader(*live.connection).after(0, 1'000)) {
    const auto steps = feed.take(row);
    if (row.revised && steps) told += steps->size();
  }
  CHECK(told == 1);
  const auto open = rebuilt.open_alerts();
  REQUIRE(open.size() == 1);
  CHECK(is_turned(transition_json(open[0])));
}

TEST_CASE("a revision that turns its story and names a company does both: that company's alert, then both as turned") {
  Chain live, restarted;
  for (Chain* chain : {&live, &restarted}) watch_stories(*chain);
  const auto rows = rows_that_turn_and_name();
  Applied revision;
  for (const auto& row : rows) {
    revision = live.apply(row);
    restarted.apply(row);
    restarted.start();
  }
  CHECK(revision.commit.outcome == storage::Outcome::revised);
  CHECK(revision.addition.has_value());
  CHECK(revision.turned.has_value());
  const std::vector<std::string> both = {
      "alert.firing grave-story ostrava", "alert.updated negative-burst halden turned",
      "alert.updated grave-story halden turned", "alert.updated grave-story ostrava turned"};
  CHECK(gists(revision.transitions) == both);

  CHECK(replayed(live, rows) == live.told);
  CHECK(tests::dump_database(*live.connection, {}) == tests::dump_database(*restarted.connection, {}));

  alerts::TrendDetector rebuilt(live.options.rules, live.options.detector);
  const EntityTags tags = tags_by_entity(*tests::two_companies());
  HistoryFeed feed(rebuilt, {tests::kModel, ""}, tags);
  std::vector<std::string> of_revision;
  for (const auto& row : storage::SequenceReader(*live.connection).after(0, 1'000)) {
    const auto steps = feed.take(row);
    if (!steps || row.seq != revision.commit.seq) continue;
    for (std::string& gist : gists(*steps)) of_revision.push_back(std::move(gist));
  }
  CHECK(of_revision == both);
}
