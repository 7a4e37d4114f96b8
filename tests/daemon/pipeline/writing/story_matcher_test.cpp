// Which story a document joins, as the writer decides it: across restarts, roll-backs, old databases and removals.
#include "daemon/pipeline/writing/story_matcher.hpp"

#include <map>
#include <string>
#include <vector>

#include "daemon/pipeline/writing/applier.hpp"
#include "ingest/story/story_key.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/maintain/retention.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

Scored told(std::uint64_t number, TimePoint at, const std::string& title) {
  auto record = tests::scored_record(number, at, title, 0.1);
  record.story_key = ingest::story_key(title);
  record.story_signature = ingest::story_signature(title);
  return record;
}

/// A database and the daemon's writer over it.
struct Wire {
  Wire() : database(storage::Connection::open_writer(folder.file())) { restart(); }
  void restart() { applier.emplace(database, options); }
  /// Stores a title in a commit of its own and returns its story.
  std::int64_t tell(TimePoint at, const std::string& title) {
    storage::Transaction transaction(database);
    const auto applied = applier->apply(told(number++, at, title), at);
    applier->finish();
    transaction.commit();
    return applied.inserted.story_id;
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  std::optional<Applier> applier;
  std::uint64_t number = 0;
};

const std::vector<std::pair<int, std::string>> kWireDay = {
    {0, "Dolvane shares fall 8% after auditor quits"},
    {1, "BRIEF-Lumenor names Petra Vogt finance chief"},
    {5, "UPDATE 1-Dolvane shares fall 11% after auditor quits"},
    {6, "Corporate announcement released today - DLV"},
    {7, "Corporate announcement released today - LMN"},
    {9, "RPT-UPDATE 2-Dolvane shares fall 12% after auditor resigns - Reuters"},
    {60, "Korda affirms Ostrava Steelworks at BBB"},
    {61, "Korda affirms Ostrava Steelworks at BBB-"},
    {90, "Lumenor names Petra Vogt finance chief | Plain Bourse"},
    {24 * 60, "Corporate announcement released today - DLV"},
    {26 * 60, "UPDATE 6-Dolvane shares fall 19% after auditor quits"},
    {73 * 60, "Dolvane shares fall 8% after auditor quits"},
};
const std::vector<std::int64_t> kStories = {1, 2, 1, 3, 4, 1, 5, 6, 2, 7, 1, 8};

}  // namespace

TEST_CASE("stories: the versions of a wire story are one, form letters and ratings are not") {
  Wire wire;
  std::vector<std::int64_t> stories;
  for (const auto& [minute, title] : kWireDay) {
    stories.push_back(wire.tell(kFrom + std::chrono::minutes(minute), title));
  }
  CHECK(stories == kStories);
}

TEST_CASE("stories: a restart after every document decides as a run without one") {
  Wire wire, restarted;
  for (const auto& [minute, title] : kWireDay) {
    wire.tell(kFrom + std::chrono::minutes(minute), title);
    restarted.restart();
    restarted.tell(kFrom + std::chrono::minutes(minute), title);
  }
  CHECK(tests::dump_database(wire.database, {}) == tests::dump_database(restarted.database, {}));
}

TEST_CASE("stories: a roll-back is forgotten") {
  Wire wire;
  {
    storage::Transaction transaction(wire.database);
    CHECK(wire.applier->apply(told(100, kFrom, "Norvik refinery burns"), kFrom).inserted.story_id == 1);
  }
  wire.applier->reload();
  CHECK(wire.tell(kFrom, "Tesk Mining halts Orrin shaft") == 1);
  CHECK(wire.tell(kFrom, "UPDATE 1-Norvik refinery burns") == 2);
}

TEST_CASE("stories: those from before signatures keep their ids and are found by their keys") {
  Wire wire;
  wire.tell(kFrom, "Norvik refinery burns");
  wire.database.execute("DELETE FROM story_signature");
  wire.restart();
  CHECK(wire.tell(kFrom + 1h, "Norvik refinery burns") == 1);
  CHECK(wire.tell(kFrom + 2h, "UPDATE 1-Norvik refinery burns") == 2);
  CHECK(wire.tell(kFrom + 3h, "UPDATE 2-Norvik refinery burns") == 2);
}

TEST_CASE("stories: late documents find the ones of their time") {
  Wire wire;
  CHECK(wire.tell(kFrom, "Norvik refinery burns") == 1);
  CHECK(wire.tell(kFrom + 70h, "Tesk Mining halts Orrin shaft") == 2);
  CHECK(wire.tell(kFrom + 1h, "UPDATE 1-Norvik refinery burns") == 1);
  // Event time has left it behind: by its words it is found no more, by its key it is.
  CHECK(wire.tell(kFrom + 73h, "Quayside Bank to close 40 branches") == 3);
  CHECK(wire.tell(kFrom + 2h, "Norvik refinery burns") == 1);
  CHECK(wire.tell(kFrom + 2h, "UPDATE 3-Norvik refinery burns") == 4);
}

TEST_CASE("stories: one whose first document retention took is joined no more by its words") {
  Wire wire;
  CHECK(wire.tell(kFrom, "Norvik refinery burns") == 1);
  CHECK(wire.tell(kFrom + 40h, "UPDATE 1-Norvik refinery burns") == 1);
  storage::StorageOptions keep;
  keep.retention.documents = 30h;
  storage::Transaction transaction(wire.database);
  storage::Retention(wire.database, keep).sweep(kFrom + 50h, 1000);
  transaction.commit();
  const auto kept_on = wire.tell(kFrom + 50h, "UPDATE 2-Norvik refinery burns");
  CHECK(kept_on == 2);
}

TEST_CASE("stories: a correction that turns the sign joins, and is told from a contradiction") {
  Wire wire;
  StoryMatcher matcher(wire.database, {}, {});
  const auto choose = [&](const std::string& title) {
    const auto record = told(0, kFrom, title);
    return matcher.choose({record.story_key, record.story_signature, kFrom + 1h}, kFrom + 1h);
  };
  const auto story = wire.tell(kFrom, "Ferrant Air profit falls 6%");
  CHECK(choose("UPDATE 1-Ferrant Air profit rises 6%").id == 0);
  CHECK(choose("CORRECTED-Ferrant Air profit rises 6%").id == story);
  CHECK(choose("CORRECTED-Ferrant Air profit rises 6%").turned);
  CHECK_FALSE(choose("CORRECTED-Ferrant Air profit falls 7%").turned);
}

TEST_CASE("stories: a turned story is marked for the detector, live and when it reads the history") {
  Wire wire;
  wire.tell(kFrom, "Ferrant Air profit falls 6%");
  storage::Transaction transaction(wire.database);
  const auto applied = wire.applier->apply(told(7, kFrom + 1h, "CORRECTED-Ferrant Air profit rises 6%"), kFrom + 1h);
  transaction.commit();
  CHECK(applied.inserted.story_id == 1);
  CHECK(to_observation(to_sequence_row(*applied.row, applied.inserted), {}).turned);
  const auto history = storage::SequenceReader(wire.database).after(0, 10);
  REQUIRE(history.size() == 2);
  CHECK_FALSE(to_observation(history[0], {}).turned);
  CHECK(to_observation(history[1], {}).turned);
}
