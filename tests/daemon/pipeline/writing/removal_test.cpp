// A document that is taken back, from the record to the alert.
#include "storage/alert/alert_reader.hpp"
#include "storage/alert/audit.hpp"
#include "storage/alert/events.hpp"
#include "storage/document/document_reader.hpp"
#include "tests/support/applier_bench.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

struct Chain : tests::ApplierBench {
  Applied apply(const Scored& record) { return ApplierBench::apply(record, kFrom); }
  bool holds(const std::string& text) {
    const auto lines = dump();
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.find(text) != line.npos; });
  }
};

}  // namespace

TEST_CASE("a document that is taken back leaves the counts, the lists and the firing alert, with its text") {
  Chain chain;
  auto records = tests::quiet_then_burst(kFrom);
  for (auto& record : records) {
    record.story_key = "hash of " + std::to_string(record.incoming.number);
    chain.apply(record);
  }
  const auto& last = std::get<ingest::Document>(records.back().incoming.content);
  REQUIRE(chain.holds(last.title));
  const auto before = storage::AlertReader(chain.database).list({.states = {"firing"}});
  REQUIRE(before.items.size() == 1);

  const auto applied = chain.apply(tests::removal_of(records.back(), records.size()));
  CHECK(applied.commit.stored);
  CHECK(applied.commit.outcome == storage::Outcome::removed);
  REQUIRE(applied.transitions.size() == 1);
  CHECK(applied.transitions[0].type == "alert.updated");
  const auto after = storage::AlertReader(chain.database).get(before.items[0].row.id);
  CHECK(after->alert.row.sequence == before.items[0].row.sequence + 1);
  CHECK(after->deliveries.back().message.type == "alert.updated");
  CHECK_FALSE(chain.holds(last.title));
  CHECK_FALSE(storage::DocumentReader(chain.database).find(last.source, last.id).has_value());
  chain.check_sound();
  auto position = chain.database.prepare("SELECT next_offset FROM kafka_position");
  REQUIRE(position.step());
  CHECK(position.integer(0) == static_cast<std::int64_t>(records.size()) + 1);
}

TEST_CASE("with removals, a run that is restarted after each row leaves the same database") {
  auto records = tests::quiet_then_burst(kFrom);
  std::vector<Scored> rows;
  for (std::size_t i = 0; i < records.size(); ++i) {
    rows.push_back(records[i]);
    if (i % 5 == 4) rows.push_back(tests::removal_of(records[i - i % 3], 0));
    if (i % 20 == 19) rows.push_back(tests::removal_of(records[i - 1], 0));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].incoming.number = i;
  Chain through, restarted;
  for (const auto& row : rows) {
    through.apply(row);
    restarted.apply(row);
    restarted.restart();
  }
  CHECK(through.dump() == restarted.dump());
  through.check_sound();
}

TEST_CASE("a removal in a batch that is rolled back has not happened") {
  Chain chain;
  const auto records = tests::quiet_then_burst(kFrom);
  for (const auto& record : records) chain.apply(record);
  const auto before = chain.dump();
  {
    storage::Transaction transaction(chain.database);
    chain.applier->apply(tests::removal_of(records.back(), records.size()), kFrom);
    chain.applier->finish();
  }
  chain.applier->reload();
  CHECK(chain.dump() == before);
  CHECK(chain.apply(tests::removal_of(records.back(), records.size())).transitions.size() == 1);
}

TEST_CASE("a removal that does not name the publisher takes the one document that its source carries under the id") {
  Chain chain;
  auto record = tests::scored_record(0, kFrom, "as told by an agency", 0.9, 0);
  std::get<ingest::Document>(record.incoming.content).source = "agency";
  chain.apply(record);
  auto removal = tests::removal_of(record, 1);
  std::get<Removal>(removal.incoming.content).source = "wire";  // the configured source
  CHECK(chain.apply(removal).commit.outcome == storage::Outcome::removed);
  CHECK_FALSE(storage::DocumentReader(chain.database).find("agency", "doc-0").has_value());
}

TEST_CASE("a document that an operator deletes is in the audit, once; what sources take back is not") {
  Chain chain;
  const auto first = tests::scored_record(0, kFrom, "one", 0.9, 0),
             second = tests::scored_record(1, kFrom, "two", 0.9, 0);
  const auto stored = chain.apply(first).commit.document;
  chain.apply(second);
  chain.apply(tests::removal_of(second, 2));
  const storage::Audit audit(chain.database);
  CHECK(audit.list({}).items.empty());
  Scored by_operator = tests::removal_of(first, 3);
  by_operator.incoming.kafka.reset();
  by_operator.incoming.content = Removal{.document = stored, .token = "boss", .role = "admin"};
  CHECK(chain.apply(by_operator).commit.outcome == storage::Outcome::removed);
  CHECK(chain.apply(by_operator).commit.outcome == storage::Outcome::repeated);
  const auto items = audit.list({}).items;
  REQUIRE(items.size() == 1);
  CHECK(items[0].action == "document.delete");
  CHECK(items[0].target == std::to_string(stored));
  CHECK(items[0].who == "boss");
  CHECK(items[0].role == "admin");
  CHECK(items[0].detail_json.find("doc-0") != std::string::npos);
  CHECK(items[0].detail_json.find("one") == std::string::npos);
}

TEST_CASE("what is read becomes a document or a removal by its action") {
  ingest::Document document;
  document.source = "wire";
  document.id = "7";
  document.revision = 3;
  document.action = ingest::Action::remove;
  const auto content = content_of(document);
  REQUIRE(std::holds_alternative<Removal>(content));
  CHECK(std::get<Removal>(content).id == "7");
  CHECK(std::get<Removal>(content).revision == 3);
  document.action = ingest::Action::update;
  CHECK(std::holds_alternative<ingest::Document>(content_of(document)));
}
