#include "storage/document/sequence_reader.hpp"

#include <algorithm>

#include "storage/clock.hpp"
#include "storage/document/turned_documents.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the sequence is read back as the detector saw it") {
  DocumentStore f;
  auto row = document("wire", "1", at_minute(0), "A");
  row.entities = {entity("acme")};
  f.add(row);
  {
    Transaction transaction(f.connection);
    Clock(f.connection).record_tick(at_minute(1));
    transaction.commit();
  }
  f.add(document("wire", "2", at_minute(2), "B", {"mergers", "positive", 0.9f, 0.1f, 0.0f}));
  f.add(document("wire", "1", at_minute(3), "A, corrected", {"mergers", "neutral", 0.2f, 0.7f, 0.1f}));
  const SequenceReader reader(f.connection);
  const auto rows = reader.after(0, 10);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].label == Label::negative);
  CHECK(rows[0].topic == "earnings");
  CHECK(rows[0].p_negative == Approx(0.7));
  REQUIRE(rows[0].entities.size() == 1);
  CHECK(rows[0].entities[0].id == "acme");
  CHECK(rows[1].tick);
  CHECK(rows[1].at == at_minute(1));
  CHECK(rows[2].document_id == "3");
  CHECK(reader.after(1, 1).at(0).tick);
  CHECK(reader.before(at_minute(2)) == 2);
  CHECK(reader.before(at_minute(99)) == 4);
}

TEST_CASE("pages of any length give the same sequence, whether ticks or documents are most of it") {
  DocumentStore f;
  for (int i = 0; i < 40; ++i) {
    const bool quiet = i / 8 % 2 == 1;
    if (!quiet || i % 8 == 3) f.add(document("wire", std::to_string(i), at_minute(i), "A" + std::to_string(i)));
    for (int tick = 0; tick < (quiet ? 5 : i % 3 == 0 ? 1 : 0); ++tick) {
      Transaction transaction(f.connection);
      Clock(f.connection).record_tick(at_minute(i) + seconds{10 + tick});
      transaction.commit();
    }
  }
  auto row = document("wire", "39", at_minute(40), "A39");
  row.entities = {entity("acme"), entity("birch")};
  f.add(document("wire", "39", at_minute(40), "A39"));
  f.add(row);  // names two companies: one row
  const SequenceReader reader(f.connection);
  const auto whole = reader.after(0, 1'000);
  CHECK(std::count_if(whole.begin(), whole.end(), [](const auto& one) { return one.tick; }) == 88);
  CHECK(std::count_if(whole.begin(), whole.end(), [](const auto& one) { return one.addition; }) == 1);
  CHECK(std::is_sorted(whole.begin(), whole.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; }));
  for (const std::size_t limit : {1, 2, 3, 7, 50}) {
    CAPTURE(limit);
    std::vector<std::int64_t> seqs;
    for (auto page = reader.after(0, limit); !page.empty(); page = reader.after(seqs.back(), limit)) {
      CHECK(page.size() <= limit);
      for (const auto& one : page) seqs.push_back(one.seq);
    }
    REQUIRE(seqs.size() == whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) CHECK(seqs[i] == whole[i].seq);
  }
}

TEST_CASE("a company that a repeat names first is a row of the sequence, which the earlier rows do not know") {
  DocumentStore f;
  auto row = document("wire", "1", at_minute(0), "A");
  row.entities = {entity("acme")};
  f.add(row);
  f.add(document("desk", "2", at_minute(180), "B"));
  row.entities = {entity("acme"), entity("birch"), entity("cedar")};
  f.add(row);
  row.entities.pop_back();
  f.add(row);  // nothing new
  const SequenceReader reader(f.connection);
  const auto rows = reader.after(0, 10);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].entities.size() == 1);
  const auto& added = rows[2];
  CHECK(added.addition);
  CHECK_FALSE(added.is_document());
  CHECK(added.seq == 3);
  CHECK(added.document_id == "1");
  CHECK(added.at == at_minute(0));
  CHECK(added.late);  // three hours after it
  REQUIRE(added.entities.size() == 3);
  CHECK(added.entities[0].named_at == 0);
  CHECK(added.entities[1].named_at == 3);
  CHECK(reader.document(1)->entities.size() == 3);
  CHECK(reader.document(1, 2)->entities.size() == 1);
  CHECK(reader.of_story(rows[0].story_id, 99).at(0).entities.size() == 3);
  CHECK(reader.of_story(rows[0].story_id, 99, 3).at(0).entities.size() == 1);
  f.connection.execute("UPDATE document_entity SET vote_late = NULL");  // named by an earlier version
  CHECK(reader.after(0, 10).size() == 2);
  CHECK(reader.document(1)->entities.size() == 1);
}

TEST_CASE("the first revision that says the opposite is a row of the sequence, with the document as it arrived") {
  DocumentStore f;
  auto row = document("wire", "1", at_minute(0), "Profit falls");
  row.entities = {entity("acme")};
  f.add(row);
  f.add(document("wire", "2", at_minute(1), "B"));
  const auto turned =
      f.add(document("wire", "1", at_minute(2), "Profit rises", {"mergers", "positive", 0.9f, 0.1f, 0.0f}));
  f.add(document("wire", "1", at_minute(3), "Profit rises much"));
  TurnedDocuments documents(f.connection);
  {
    Transaction transaction(f.connection);
    CHECK(documents.first_title(2) == "B");
    CHECK(documents.first_title(turned.row_id) == "Profit falls");
    CHECK(documents.mark(turned.row_id, turned.seq));
    CHECK_FALSE(documents.mark(turned.row_id, turned.seq + 1));
    transaction.commit();
  }
  const SequenceReader reader(f.connection);
  const auto rows = reader.after(0, 10);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].is_document());
  CHECK(rows[2].revised);
  CHECK_FALSE(rows[2].is_document());
  CHECK(rows[2].seq == turned.seq);
  CHECK(rows[2].turned_seq == turned.seq);
  CHECK(reader.document(turned.row_id)->turned_seq == turned.seq);
  CHECK_FALSE(reader.document(2)->turned_seq);
  CHECK(rows[2].document_id == "1");
  CHECK(rows[2].story_id == rows[0].story_id);
  CHECK(rows[2].topic == "earnings");
  REQUIRE(rows[2].entities.size() == 1);
  CHECK(rows[2].at == at_minute(0));
  CHECK(reader.after(2, 1).at(0).revised);
  CHECK(reader.after(turned.seq, 10).empty());
}
