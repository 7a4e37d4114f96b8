#include "storage/document/document_writer.hpp"

#include <algorithm>

#include "storage/alert/events.hpp"
#include "storage/clock.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/document/document_event.hpp"
#include "storage/document/document_tables.hpp"
#include "storage/document/entity_rows.hpp"
#include "storage/document/label.hpp"
#include "storage/document/story_ledger.hpp"
#include "storage/rescored/story_history.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

std::string_view to_string(Outcome outcome) {
  static constexpr std::string_view kNames[] = {"inserted", "revised", "repeated", "blocked", "removed", "held"};
  return kNames[static_cast<std::size_t>(outcome)];
}

struct DocumentWriter::Impl {
  Impl(Connection& writer, const StorageOptions& settings)
      : connection(writer),
        options(settings),
        clock(writer),
        stories(writer, settings),
        events(writer, settings),
        tables(writer) {}

  Inserted add(const DocumentRow& row, std::int64_t source, const ScoredRow& scores, TimePoint stored_at);
  Inserted revise(const DocumentRow& row, const KnownDocument& known, const ScoredRow& scores, TimePoint stored_at);
  void add_entities(const std::vector<ScoredEntity>& entities, const RollupKey& place, const StoryPlace& story,
                    std::int64_t document, TimePoint at);
  bool revise_entities(const std::vector<ScoredEntity>& entities, const KnownDocument& known,
                       const RollupKey& old_place, const RollupKey& new_place, const LaterVote& later);
  bool is_late(TimePoint at, TimePoint event_time) const { return at < event_time - options.max_lateness; }

  Connection& connection;
  StorageOptions options;
  Clock clock;
  StoryLedger stories;
  EventWriter events;
  DocumentTables tables;
};

namespace {

/// Whether a row of a known identity changes it. A source's revision numbers are trusted: a lower number never
/// overwrites, a higher one is accepted even if the text is the same (its language or companies may not be). Without a
/// number the text decides, and the stored number stays, so that lower numbers are still refused later.
bool changes(const DocumentRow& row, const KnownDocument& known) {
  if (known.remembered_only) return false;
  const std::int64_t number = row.source_revision.value_or(known.source_revision);
  if (number != known.source_revision) return number > known.source_revision;
  return row.title != known.title || row.body != known.body;
}

/// Whether a document that was taken back is there again: by a higher number, or by a later insert that says so.
bool brings_back(const DocumentRow& row, const KnownRemoval& removal) {
  if (row.source_revision && removal.source_revision) return *row.source_revision > *removal.source_revision;
  return row.explicit_insert;
}

}  // namespace

DocumentWriter::DocumentWriter(Connection& connection, const StorageOptions& options)
    : impl_(std::make_unique<Impl>(connection, options)) {}
DocumentWriter::~DocumentWriter() = default;

bool DocumentWriter::is_blocked(std::string_view source, std::string_view id, std::optional<std::int64_t> revision) {
  const std::int64_t key = impl_->tables.source(source);
  if (impl_->tables.find(key, id)) return false;
  const auto removal = impl_->tables.last_removal(key, id);
  DocumentRow row;
  row.source_revision = revision;
  return removal && !brings_back(row, *removal);
}

Inserted DocumentWriter::insert(const DocumentRow& row, TimePoint stored_at) {
  auto& impl = *impl_;
  const std::int64_t source = impl.tables.source(row.source);
  const auto known = impl.tables.find(source, row.id);
  if (!known) {
    const auto removal = impl.tables.last_removal(source, row.id);
    if (!removal || brings_back(row, *removal)) return impl.add(row, source, impl.tables.scores(row), stored_at);
    return {Outcome::blocked, removal->seq, removal->document.value_or(0), 0,
            impl.clock.event_time().value_or(row.received_at)};
  }

  if (!changes(row, *known)) {
    const bool older = row.source_revision && *row.source_revision < known->source_revision;
    if (!known->remembered_only && !older) {
      const auto united = united_with_stored(impl.connection, row, known->id);
      if (united) return impl.revise(*united, *known, impl.tables.scores(*united), stored_at);
    }
    const TimePoint event_time = impl.clock.event_time().value_or(known->at);
    return {Outcome::repeated, known->seq, known->id, known->story, event_time, impl.is_late(known->at, event_time)};
  }
  return impl.revise(row, *known, impl.tables.scores(row), stored_at);
}

Inserted DocumentWriter::Impl::add(const DocumentRow& row, std::int64_t source, const ScoredRow& scores,
                                   TimePoint stored_at) {
  const TimePoint at = std::min(row.published_at, row.received_at);
  const Ticked ticked = clock.advance(at);
  const bool late = is_late(at, ticked.event_time);
  const StoryPlace story = stories.join(row, at);
  std::optional<StoryChange> change;
  if (!story.first) change.emplace(connection, story.story);
  const FirstIn first = stories.first_in(story, scores.topic, source);

  const RollupKey place{{}, tables.rollup_minute(at), scores.topic, source, scores.model};
  tables.insert(row, {ticked.seq, source, story.story, at, stored_at, late}, scores);
  add_entities(scores.entities, place, story, ticked.seq, at);

  RollupDelta delta;
  delta.add_document(scores.label, scores.micro, 1);
  delta.add_votes(scores.label, scores.micro, first);
  add_to_rollup(connection, place, delta);
  if (change) change->finish();
  tables.count("topic", scores.topic, 1, at);
  tables.count("source", source, 1, at);
  tables.note_model(scores.model, at);

  events.append("document", document_event(row, {ticked.seq, ticked.seq, 1, story.story, row.published_at, late}),
                stored_at, ticked.seq);
  return {Outcome::inserted, ticked.seq, ticked.seq, story.story, ticked.event_time, late};
}

void DocumentWriter::Impl::add_entities(const std::vector<ScoredEntity>& entities, const RollupKey& place,
                                        const StoryPlace& story, std::int64_t document, TimePoint at) {
  for (const auto& entity : entities) {
    const FirstIn first = stories.first_in_entity(story, entity.key, place.topic, place.source);
    tables.insert_entity(document, entity);
    RollupDelta delta;
    delta.add_document(entity.label, entity.micro, 1);
    delta.add_votes(entity.label, entity.micro, first);
    add_to_rollup(connection, {entity.key, place.minute, place.topic, place.source, place.model}, delta);
    tables.count_entity(entity, 1, at);
  }
}

Inserted DocumentWriter::Impl::revise(const DocumentRow& row, const KnownDocument& known, const ScoredRow& scores,
                                      TimePoint stored_at) {
  const Ticked ticked = clock.advance(std::nullopt);
  const RollupKey old_place{{}, tables.rollup_minute(known.at), known.topic, known.source, known.model};
  const RollupKey new_place{{}, old_place.minute, scores.topic, known.source, scores.model};
  StoryChange change(connection, known.story);

  RollupDelta out, in;
  out.add_document(known.label, known.micro, -1);
  in.add_document(scores.label, scores.micro, 1);
  add_to_rollup(connection, old_place, out);
  add_to_rollup(connection, new_place, in);
  const bool late = is_late(known.at, ticked.event_time);
  tables.keep_mentions(known);
  const bool more =
      revise_entities(scores.entities, known, old_place, new_place, {ticked.seq, scores.topic, scores.model, late});
  if (scores.topic != known.topic) {
    tables.count("topic", known.topic, -1, known.at);
    tables.count("topic", scores.topic, 1, known.at);
  }
  tables.note_model(scores.model, known.at);
  tables.revise(row, known, ticked.seq, stored_at, scores);
  change.finish();

  events.append("document",
                document_event(row, {known.id, ticked.seq, known.revision + 1, known.story, known.published_at, late}),
                stored_at, known.id);
  return {Outcome::revised, ticked.seq, known.id, known.story, ticked.event_time, late, more};
}

/// A company that the revision brings in gets the story's vote, in the document's own bucket, if no other document has
/// given it one. Companies already there keep their vote. Whether there are such companies.
bool DocumentWriter::Impl::revise_entities(const std::vector<ScoredEntity>& entities, const KnownDocument& known,
                                           const RollupKey& old_place, const RollupKey& new_place,
                                           const LaterVote& later) {
  bool more = false;
  const StoryPlace story = stories.place_of(known.story);
  const auto before = tables.entities_of(known.id);
  for (const auto& old : before) {
    if (!old.current) continue;
    RollupDelta out;
    out.add_document(old.current->label, old.current->micro, -1);
    add_to_rollup(connection, {old.key, old_place.minute, old_place.topic, old_place.source, old_place.model}, out);
    const bool stays = std::any_of(entities.begin(), entities.end(), [&](const auto& e) { return e.key == old.key; });
    if (stays) continue;
    tables.drop_entity(known.id, old.key);
    tables.count("entity", old.key, -1, known.at);
  }
  for (const auto& entity : entities) {
    RollupDelta in;
    in.add_document(entity.label, entity.micro, 1);
    const auto old = std::find_if(before.begin(), before.end(), [&](const auto& e) { return e.key == entity.key; });
    if (old == before.end()) {
      in.add_votes(entity.label, entity.micro,
                   stories.first_in_entity(story, entity.key, new_place.topic, new_place.source));
      tables.insert_entity(known.id, entity, later);
      more = true;
    } else {
      tables.revise_entity(known.id, entity);
    }
    add_to_rollup(connection, {entity.key, new_place.minute, new_place.topic, new_place.source, new_place.model}, in);
    if (old == before.end() || !old->current) tables.count_entity(entity, 1, known.at);
  }
  return more;
}

}  // namespace tapewatch::storage
