// A document that must not be seen yet: held with its position, and released as a row of the sequence.
#include "daemon/pipeline/held_document.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/alert/events.hpp"
#include "storage/clock.hpp"
#include "storage/document/document_reader.hpp"
#include "tests/support/applier_bench.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// What the intake makes of the record's document after `change`.
template <class ChangeDocument>
Scored changed(Scored record, const ChangeDocument& change) {
  auto document = std::get<ingest::Document>(record.incoming.content);
  change(document);
  record.incoming.content = content_of(std::move(document));
  return record;
}

Scored under_embargo(std::uint64_t number, TimePoint until, const std::string& title = "secret results") {
  return changed(tests::scored_record(number, kFrom, title, 0.9, 0),
                 [&](ingest::Document& document) { document.embargo_until = until; });
}

struct Held : tests::ApplierBench {
  Commit apply(const Scored& record) { return ApplierBench::apply(record, kFrom).commit; }
  /// As HeldRelease and the inference workers hand it over.
  Scored released(const storage::HeldRow& row, TimePoint now) {
    Scored record = tests::scored_record(99, now, row.title, 0.9, 0);
    record.incoming.kafka.reset();
    record.incoming.content = released_document(row, now);
    record.incoming.released = row.id;
    return record;
  }
  storage::HeldDocuments table() { return storage::HeldDocuments(database); }
  storage::DocumentReader reader() { return storage::DocumentReader(database); }
  std::int64_t seq() { return storage::Clock(database).last_seq(); }
};

}  // namespace

TEST_CASE("a document under embargo is held, and nothing else knows of it") {
  Held held;
  const Commit commit = held.apply(under_embargo(0, kFrom + 1h));
  CHECK(commit.stored);
  CHECK(commit.outcome == storage::Outcome::held);
  CHECK(held.seq() == 0);
  CHECK(held.reader().list({}).items.empty());
  CHECK(storage::EventReader(held.database).after(0, 10).empty());
  CHECK(held.applier->event_time() == TimePoint{});
  auto position = held.database.prepare("SELECT next_offset FROM kafka_position");
  REQUIRE(position.step());  // committed with it
  CHECK(position.integer(0) == 1);
  const auto rows = held.table().list(0, 10);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].title == "secret results");
  CHECK(rows[0].embargo_until == kFrom + 1h);
}

TEST_CASE("its release is a row of the sequence at its time, with all that was read of it") {
  Held held;
  const auto record = changed(tests::scored_record(0, kFrom, "secret results", 0.9, 0), [](ingest::Document& document) {
    document.body = "in full";
    document.url = "https://wire.example/1";
    document.language = "en";
    document.entities = {"HLDN"};
    document.revision = 4;
    document.metadata = {{"items", "9.01"}, {"form", "8-K"}, {"items", "4.02"}};
    document.embargo_until = kFrom + 1h;
  });
  held.apply(record);
  const auto row = held.table().due(kFrom + 1h, 10).at(0);
  const TimePoint now = kFrom + 1h + 1s;
  const auto document = released_document(row, now);
  CHECK(document.body == "in full");
  CHECK(document.url == "https://wire.example/1");
  CHECK(document.language == "en");
  CHECK(document.entities == std::vector<std::string>{"HLDN"});
  CHECK(document.revision == 4);
  CHECK(document.metadata == ingest::Metadata{{"form", "8-K"}, {"items", "4.02"}, {"items", "9.01"}});
  CHECK(document.published_at == kFrom + 1h);  // it was published when the embargo ended
  CHECK(document.received_at == now);
  const Commit commit = held.apply(held.released(row, now));
  CHECK(commit.outcome == storage::Outcome::inserted);
  CHECK(held.seq() == 1);
  CHECK(held.reader().find("wire", "doc-0")->at == kFrom + 1h);
  CHECK(held.reader().find("wire", "doc-0")->row.metadata.size() == 3);
  CHECK_FALSE(held.table().any());
  CHECK(held.applier->event_time() == kFrom + 1h);
}

TEST_CASE("an embargo that is over, or in a document that is taken back, holds nothing") {
  Held held;
  CHECK(held.apply(under_embargo(0, kFrom - 1h)).outcome == storage::Outcome::inserted);
  const auto gone = changed(tests::scored_record(0, kFrom, "x", 0.9), [](ingest::Document& document) {
    document.embargo_until = kFrom + 1h;
    document.action = ingest::Action::remove;
  });
  CHECK(held.apply(gone).outcome == storage::Outcome::removed);
  CHECK_FALSE(held.table().any());
}

TEST_CASE("a release of what was deleted or replaced meanwhile stores nothing") {
  Held held;
  held.apply(under_embargo(0, kFrom + 1h));
  const auto first = held.table().list(0, 10).at(0);
  held.apply(under_embargo(0, kFrom + 2h, "secret results, corrected"));
  CHECK_FALSE(held.apply(held.released(first, kFrom + 1h)).stored);
  CHECK(held.table().list(0, 10).at(0).title == "secret results, corrected");
  CHECK(held.seq() == 0);
}

TEST_CASE("what is withheld waits until its source says that it is usable") {
  Held held;
  const auto record = tests::scored_record(0, kFrom, "withheld results", 0.9, 0);
  const auto with = [&](ingest::Action action) {
    return changed(record, [&](ingest::Document& document) { document.action = action; });
  };
  CHECK(held.apply(with(ingest::Action::hold)).outcome == storage::Outcome::held);
  CHECK(held.table().due(TimePoint::max(), 10).empty());
  CHECK(held.apply(with(ingest::Action::update)).outcome == storage::Outcome::held);  // a correction is held as well
  CHECK(held.apply(with(ingest::Action::none)).outcome == storage::Outcome::held);
  CHECK(held.reader().list({}).items.empty());
  held.applier->reload();
  CHECK(held.apply(with(ingest::Action::insert)).outcome == storage::Outcome::inserted);
  CHECK_FALSE(held.table().any());
}

TEST_CASE("a document that is withheld after all is taken out of what it was in, and comes back when it is usable") {
  Held held;
  const auto record = tests::scored_record(0, kFrom, "results", 0.9, 0);
  held.apply(record);
  const auto hold = changed(record, [](ingest::Document& document) { document.action = ingest::Action::hold; });
  CHECK(held.apply(hold).outcome == storage::Outcome::held);
  CHECK(held.reader().list({}).items.empty());
  held.check_sound();
  const auto usable = changed(record, [](ingest::Document& document) { document.action = ingest::Action::insert; });
  CHECK(held.apply(usable).outcome == storage::Outcome::inserted);
  CHECK(held.reader().list({}).items.size() == 1);
  held.check_sound();
}

TEST_CASE("a removal takes a held document out as well, and nothing is held of what was taken back") {
  Held held;
  held.apply(under_embargo(0, kFrom + 1h));
  Scored removal;
  removal.incoming.source = "wire";
  removal.incoming.content = Removal{.source = "wire", .id = "doc-0", .received_at = kFrom};
  CHECK(held.apply(removal).outcome == storage::Outcome::removed);
  CHECK_FALSE(held.table().any());
  CHECK(held.apply(under_embargo(0, kFrom + 1h)).outcome == storage::Outcome::blocked);
  CHECK_FALSE(held.table().any());
}

TEST_CASE("an older revision does not take the place of the one that is held") {
  Held held;
  const auto of = [&](std::int64_t revision, const std::string& title) {
    return changed(tests::scored_record(0, kFrom, title, 0.9), [&](ingest::Document& document) {
      document.revision = revision;
      document.embargo_until = kFrom + 1h;
    });
  };
  held.apply(of(2, "second"));
  CHECK(held.apply(of(1, "first")).outcome == storage::Outcome::repeated);
  CHECK(held.table().list(0, 10).at(0).title == "second");
}
