#include "storage/document/document_removal.hpp"

#include "config/notation/json_writer.hpp"
#include "storage/alert/events.hpp"
#include "storage/clock.hpp"
#include "storage/document/text_erasure.hpp"
#include "storage/document/vote_succession.hpp"
#include "storage/rescored/story_history.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

namespace {

/// The `data` of the event that tells of a removal.
std::string removal_event(const RemovalRow& row, const Removed& removed, TimePoint removed_at) {
  notation::JsonWriter json;
  json.begin_object().field("id", std::to_string(removed.row_id)).field("seq", removed.seq);
  json.field("change", "removal").field("source", row.source).field("source_id", row.id);
  json.field("removed_at", removed_at).field("counted", removed.counted);
  return json.end_object().take();
}

}  // namespace

Removed DocumentRemoval::apply(const RemovalRow& row, TimePoint removed_at, const ScoreView& view) {
  const std::int64_t source = tables_.source(row.source);
  const auto known = tables_.find(source, row.id);
  if (known && !known->remembered_only) {
    if (row.revision && *row.revision < known->source_revision) {
      return {.outcome = Outcome::repeated, .seq = known->seq, .row_id = known->id};
    }
    return take_out(row, *known, removed_at, view);
  }
  const auto before = tables_.last_removal(source, row.id);
  const bool more = !before || (before->source_revision && (!row.revision || *row.revision > *before->source_revision));
  if (!more) return {.outcome = Outcome::repeated, .seq = before->seq, .row_id = before->document.value_or(0)};
  return write_down(row, source, known, removed_at);
}

std::vector<std::string> DocumentRemoval::publishers_of(std::string_view carrier, std::string_view external_id) const {
  auto read = connection_.prepare(
      "SELECT s.id FROM source s CROSS JOIN document d ON d.source = s.key AND d.external_id = ?2 AND "
      "coalesce(d.removed, 0) = 0 WHERE s.id IN (SELECT ?1 UNION SELECT source FROM source_carrier WHERE carrier = ?1) "
      "ORDER BY s.id <> ?1, s.id");
  read.bind(1, carrier).bind(2, external_id);
  std::vector<std::string> publishers;
  while (read.step()) publishers.push_back(read.text(0));
  return publishers;
}

std::optional<RemovalRow> DocumentRemoval::identity_of(std::int64_t document) const {
  auto read = connection_.prepare(
      "SELECT s.id, d.external_id FROM document d JOIN source s ON s.key = d.source WHERE d.id = ?");
  if (!read.bind(1, document).step()) return std::nullopt;
  return RemovalRow{read.text(0), read.text(1), std::nullopt};
}

Removed DocumentRemoval::take_out(const RemovalRow& row, const KnownDocument& known, TimePoint removed_at,
                                  const ScoreView& view) {
  Removed removed{.outcome = Outcome::removed, .seq = Clock(connection_).advance(std::nullopt).seq, .row_id = known.id};
  const SequenceReader sequence(connection_, view);
  removed.document = sequence.document(known.id);
  if (removed.document) removed.others = sequence.of_story(known.story, known.id);
  removed.title = known.title;
  StoryChange change(connection_, known.story);
  uncount(known);
  pass_votes(connection_, known.id, [this](TimePoint at) { return tables_.rollup_minute(at); });
  TextErasure(connection_).erase(known.id, row.source, row.id);
  tables_.remove(known, removed.seq);
  change.finish();
  record(removed.seq, known.source, row, removed, known.at, removed_at);
  return removed;
}

Removed DocumentRemoval::write_down(const RemovalRow& row, std::int64_t source,
                                    const std::optional<KnownDocument>& swept, TimePoint removed_at) {
  Clock clock(connection_);
  Removed removed{.outcome = Outcome::removed, .seq = clock.advance(std::nullopt).seq};
  if (swept) removed.row_id = swept->id;
  removed.counted = swept.has_value();
  record(removed.seq, source, row, removed, swept ? swept->at : clock.event_time().value_or(removed_at), removed_at);
  return removed;
}

/// Out of the roll-ups and counters; what it is to its story's votes is pass_votes()'s.
void DocumentRemoval::uncount(const KnownDocument& known) {
  const std::int64_t minute = tables_.rollup_minute(known.at);
  RollupDelta out;
  out.add_document(known.label, known.micro, -1);
  add_to_rollup(connection_, {{}, minute, known.topic, known.source, known.model}, out);
  for (const auto& entity : tables_.entities_of(known.id)) {
    if (!entity.current) continue;
    RollupDelta of_entity;
    of_entity.add_document(entity.current->label, entity.current->micro, -1);
    add_to_rollup(connection_, {entity.key, minute, known.topic, known.source, known.model}, of_entity);
    tables_.count("entity", entity.key, -1, known.at);
  }
  tables_.count("topic", known.topic, -1, known.at);
  tables_.count("source", known.source, -1, known.at);
  connection_.prepare("UPDATE story SET documents = documents - 1 WHERE id = ?").bind(1, known.story).run();
}

void DocumentRemoval::record(std::int64_t seq, std::int64_t source, const RemovalRow& row, const Removed& removed,
                             TimePoint at, TimePoint removed_at) {
  auto insert = connection_.prepare(
      "INSERT INTO removal (seq, source, external_id, source_revision, document, counted, at, removed_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind_all(seq, source, row.id, row.revision);
  if (removed.row_id > 0) {
    insert.bind(5, removed.row_id);
  } else {
    insert.bind(5, nullptr);
  }
  insert.bind(6, removed.counted).bind(7, at).bind(8, removed_at).run();
  if (removed.row_id == 0) return;  // nobody was told of it
  EventWriter(connection_, options_)
      .append("document", removal_event(row, removed, removed_at), removed_at, removed.row_id);
}

}  // namespace tapewatch::storage
