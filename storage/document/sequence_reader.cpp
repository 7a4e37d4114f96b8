#include "storage/document/sequence_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "storage/connection/transaction.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk_columns.hpp"
#include "storage/rescored/rescored_view.hpp"

namespace tapewatch::storage {

namespace {

SequenceRow document_of(const Statement& read) {
  SequenceRow row;
  row.seq = read.integer(0);
  row.at = read.time(2);
  row.late = read.flag(3);
  row.document_id = std::to_string(row.seq);
  row.source = read.text(4);
  row.topic = read.text(5);
  row.label = label_of(read.integer(6));
  row.title = read.text(7);
  row.url = read.text(8);
  row.model_version = read.text(9);
  row.story_id = read.integer(10);
  if (!read.is_null(11)) row.sentiment = from_micro(read.integer(11));
  row.p_negative = read.real(12);
  row.turned = read.flag(13);
  row.turned_seq = read.optional_integer(15);
  row.risk = risk_in(read, 16);
  return row;
}

struct Tick {
  std::int64_t seq = 0;
  TimePoint at{};
};

std::vector<Tick> ticks_after(Connection& connection, std::int64_t seq, std::size_t limit) {
  auto read = connection.prepare("SELECT seq, at FROM tick WHERE seq > ? AND held IS NULL ORDER BY seq LIMIT ?");
  read.bind(1, seq).bind(2, limit);
  std::vector<Tick> ticks;
  while (read.step()) ticks.push_back({read.integer(0), read.time(1)});
  return ticks;
}

}  // namespace

SequenceReader::SequenceReader(Connection& connection, const ScoreView& view) : connection_(connection) {
  std::string documents = "document", vote_negative(kVoteNegative);
  if (!view.model.empty()) {
    auto read = connection_.prepare("SELECT key FROM model WHERE id = ? AND rescored_first_at IS NOT NULL");
    if (read.bind(1, view.model).step()) {
      const std::int64_t model = read.integer(0),
                         also = view.also.empty() ? 0 : find_key(connection_, "model", view.also);
      documents = documents_under(model, also);
      vote_negative = "d.vote_negative";
      mentions_ = mentions_under(model, also);
    }
  }
  select_ = fmt::format(
      "SELECT d.id AS seq, 0, d.at, d.late, s.id, t.id, d.vote_label, d.title, d.url, m.id, d.story, "
      "d.vote_sentiment, {}, d.turned, d.removed IS NOT NULL, d.turned_seq, k.id, d.vote_gravity FROM {} "
      "d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.vote_topic JOIN model m ON m.key = "
      "coalesce(d.vote_model, d.model) "
      "LEFT JOIN risk_event k ON k.key = d.vote_event WHERE ",
      vote_negative, documents);
}

/// Those that the document arrived with, and those that rows up to `observed` have added.
std::vector<EntityRow> SequenceReader::observed_entities(std::int64_t document, std::int64_t observed) const {
  auto read = connection_.prepare(fmt::format(
      "SELECT e.id, e.name, d.vote_sentiment, d.vote_label, d.method, d.start, d.end, d.vote_seq, k.id, d.vote_gravity "
      "FROM {} d JOIN entity e ON e.key = d.entity LEFT JOIN risk_event k ON k.key = d.vote_event WHERE d.document = "
      "?1 AND d.vote_label IS NOT NULL AND (d.vote_seq IS NULL OR (d.vote_late IS NOT NULL AND d.vote_seq <= ?2)) "
      "ORDER BY d.start, e.id",
      mentions_));
  read.bind_all(document, observed);
  std::vector<EntityRow> rows;
  while (read.step()) {
    rows.push_back({read.text(0), read.text(1), read.is_null(2) ? 0.0 : from_micro(read.integer(2)),
                    label_of(read.integer(3)), read.text(4), static_cast<std::uint32_t>(read.integer(5)),
                    static_cast<std::uint32_t>(read.integer(6))});
    rows.back().named_at = read.is_null(7) ? 0 : read.integer(7);
    rows.back().risk = risk_in(read, 8);
  }
  return rows;
}

std::vector<SequenceRow> SequenceReader::after(std::int64_t seq, std::size_t limit) const {
  const ReadTransaction snapshot(connection_);
  // Of a quiet time most rows are ticks. They are read by themselves, in half of the time that they take as a branch of
  // the query with its twenty columns, which goes as far as they do.
  const std::vector<Tick> ticks = ticks_after(connection_, seq, limit);
  const std::int64_t end = ticks.size() < limit ? std::numeric_limits<std::int64_t>::max() : ticks.back().seq;
  std::vector<SequenceRow> rows;
  rows.reserve(ticks.size());
  auto tick = ticks.begin();
  const auto add_ticks = [&](std::int64_t before) {
    for (; tick != ticks.end() && tick->seq < before && rows.size() < limit; ++tick) {
      SequenceRow& row = rows.emplace_back();
      row.seq = tick->seq;
      row.tick = true;
      row.at = tick->at;
    }
  };
  // Each branch follows its key; the outer LIMIT ends the merge. Of an addition and of a revision the story's
  // column has the document. An addition comes before the turn that has its seq.
  auto read = connection_.prepare(
      select_ +
      "d.id > ?1 AND d.id <= ?3 AND d.held IS NULL AND d.removed IS NULL UNION ALL SELECT "
      "e.vote_seq, 2, d.at, 0, '', '', 4, '', '', '', e.document, NULL, 0, 0, 0, NULL, NULL, NULL FROM "
      "document_entity e JOIN document d ON d.id = e.document WHERE e.vote_seq > ?1 AND e.vote_seq <= ?3 AND "
      "e.vote_late IS NOT NULL AND d.held IS NULL AND d.removed IS NULL UNION ALL "
      "SELECT turned_seq, 3, at, 0, '', '', 4, '', '', '', id, NULL, 0, 0, 0, NULL, NULL, NULL FROM "
      "document WHERE turned_seq > ?1 AND turned_seq <= ?3 AND held IS NULL AND removed IS NULL "
      "ORDER BY 1, 2 LIMIT ?2");
  read.bind(1, seq).bind(2, limit).bind(3, end);
  std::size_t found = 0;
  for (; read.step(); ++found) {
    add_ticks(read.integer(0));
    if (rows.size() >= limit) return rows;
    add(read, rows);
  }
  if (found < limit) add_ticks(std::numeric_limits<std::int64_t>::max());
  return rows;
}

/// The row that a query of after() is on; an addition and its turn are on the same page.
void SequenceReader::add(const Statement& read, std::vector<SequenceRow>& rows) const {
  const std::int64_t seq = read.integer(0), kind = read.integer(1);
  if (kind == 0) {
    rows.push_back(document_of(read));
    rows.back().entities = observed_entities(seq, 0);
    return;
  }
  if (!rows.empty() && rows.back().seq == seq) return;  // once for each of its companies, and for its turn
  const std::int64_t document = read.integer(10);
  if (kind == 2) {
    if (auto added = addition(document, seq)) rows.push_back(std::move(*added));
  }
  if (auto turned = turn(document, seq)) rows.push_back(std::move(*turned));
}

std::optional<SequenceRow> SequenceReader::addition(std::int64_t document, std::int64_t seq) const {
  auto row = this->document(document, seq);
  if (!row) return std::nullopt;
  row->late = false;
  auto read = connection_.prepare(
      fmt::format("SELECT e.vote_late, m.id FROM {} e JOIN document d ON d.id = e.document JOIN model m ON m.key = "
                  "coalesce(e.vote_model, d.vote_model, d.model) WHERE e.document = ? AND e.vote_seq = ?",
                  mentions_));
  read.bind_all(document, seq);
  while (read.step()) {
    row->late = row->late || read.flag(0);
    row->model_version = read.text(1);
  }
  row->seq = seq;
  row->addition = true;
  return row;
}

std::optional<SequenceRow> SequenceReader::turn(std::int64_t document, std::int64_t seq) const {
  auto row = this->document(document, seq);
  if (!row || row->turned_seq != seq) return std::nullopt;
  row->seq = seq;
  row->revised = true;
  return row;
}

std::optional<SequenceRow> SequenceReader::document(std::int64_t id, std::int64_t observed) const {
  auto read = connection_.prepare(select_ + "d.id = ? AND d.held IS NULL");
  if (!read.bind(1, id).step()) return std::nullopt;
  SequenceRow row = document_of(read);
  row.entities = observed_entities(id, observed);
  return row;
}

std::vector<SequenceRow> SequenceReader::of_story(std::int64_t story, std::int64_t without, std::int64_t before,
                                                  std::int64_t observed) const {
  constexpr std::size_t kMost = 1'000;
  auto read = connection_.prepare(
      select_ +
      "d.story = ?1 AND d.id <> ?2 AND d.id < ?3 AND d.held IS NULL AND (d.removed IS NULL OR (d.removed > ?3 AND d.id "
      "<= ?4)) ORDER BY d.id LIMIT ?5");
  read.bind_all(story, without, before, observed, kMost);
  std::vector<SequenceRow> rows;
  while (read.step()) {
    rows.push_back(document_of(read));
    const bool removed_since = read.flag(14);
    rows.back().entities =
        observed_entities(rows.back().seq, removed_since ? observed : std::max(before - 1, observed));
  }
  return rows;
}

std::vector<RemovedRow> SequenceReader::removals_after(std::int64_t seq) const {
  auto read = connection_.prepare("SELECT removed, id FROM document WHERE removed > ?1 AND id <= ?1 ORDER BY removed");
  read.bind(1, seq);
  std::vector<RemovedRow> rows;
  while (read.step()) rows.push_back({read.integer(0), read.integer(1)});
  return rows;
}

std::int64_t SequenceReader::before(TimePoint from) const {
  auto read = connection_.prepare("SELECT min(+id) - 1 FROM document WHERE at >= ?");
  if (read.bind(1, from).step() && !read.is_null(0)) return read.integer(0);
  auto last = connection_.prepare("SELECT seq FROM clock");
  return last.step() ? last.integer(0) : 0;
}

std::optional<TimePoint> SequenceReader::newest() const {
  auto read = connection_.prepare("SELECT at FROM document WHERE held IS NULL ORDER BY at DESC LIMIT 1");
  return read.step() ? read.optional_time(0) : std::nullopt;
}

std::optional<std::int64_t> SequenceReader::first_after(TimePoint to) const {
  auto read = connection_.prepare(
      "SELECT min(seq) FROM (SELECT min(+id) AS seq FROM document WHERE at > ?1 AND held IS NULL UNION ALL "
      "SELECT min(seq) FROM tick WHERE at > ?1 AND held IS NULL)");
  return read.bind(1, to).step() ? read.optional_integer(0) : std::nullopt;
}

std::optional<std::int64_t> SequenceReader::first_held(TimePoint after, TimePoint to) const {
  auto held = connection_.prepare("SELECT min(+id) FROM document WHERE held IS NOT NULL AND at > ?1 AND at <= ?2");
  if (!held.bind_all(after, to).step() || held.is_null(0)) return std::nullopt;
  auto moved = connection_.prepare("SELECT min(document) FROM restamped WHERE at > ?1 AND at <= ?2");
  moved.bind_all(after, to);
  return moved.step() && !moved.is_null(0) ? std::min(held.integer(0), moved.integer(0)) : held.integer(0);
}

std::optional<TimePoint> SequenceReader::first_of(std::string_view model_version) const {
  auto read = connection_.prepare(
      "SELECT min(coalesce(first_at, rescored_first_at), coalesce(rescored_first_at, first_at)) FROM model WHERE id = "
      "?");
  return read.bind(1, model_version).step() ? read.optional_time(0) : std::nullopt;
}

std::optional<std::string> SequenceReader::last_model() const {
  auto read = connection_.prepare(
      "SELECT m.id FROM document d JOIN model m ON m.key = coalesce(d.vote_model, d.model) ORDER BY d.id DESC LIMIT 1");
  return read.step() ? std::optional(read.text(0)) : std::nullopt;
}

}  // namespace tapewatch::storage
