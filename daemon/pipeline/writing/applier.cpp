// Tested by tests/daemon/pipeline/writing/writer_loop_test.cpp
#include "daemon/pipeline/writing/applier.hpp"

#include "daemon/pipeline/history_intake.hpp"
#include "daemon/pipeline/intake/positions.hpp"
#include "storage/document/backfill.hpp"

namespace tapewatch {

std::optional<std::string> learned_from(std::span<const alerts::SeriesState> states,
                                        std::span<const alerts::RuleOptions> rules,
                                        const storage::SequenceReader& sequence) {
  if (rules.empty()) return std::nullopt;
  if (auto known = alerts::learned_model(states)) return known;
  return sequence.last_model();
}

Applier::Applier(storage::Connection& connection, ApplierOptions options)
    : connection_(connection),
      options_(std::move(options)),
      learned_(options_.detector),
      stories_(connection, options_.storage, options_.stories),
      documents_(connection, options_.storage),
      removals_(connection, options_.storage),
      held_(connection),
      teller_(connection, options_),
      dead_letters_(connection, options_.storage),
      states_(connection),
      positions_(connection),
      coverage_(connection, options_.storage),
      incidents_(connection),
      clock_(connection) {
  reload();
}

void Applier::reload() {
  kafka_.clear();
  feeds_.clear();
  carried_.clear();
  incidents_.drop_gathered();
  stories_.reload();
  states_.reload();
  teller_.reload();
  any_held_ = held_.any();
  const storage::SequenceReader sequence(connection_);
  newest_ = sequence.newest();
  const auto states = to_series_states(states_.load_all());
  learned_.model_version = learned_from(states, options_.rules, sequence).value_or(options_.detector.model_version);
  auto detector = std::make_unique<alerts::TrendDetector>(options_.rules, learned_);
  detector->restore(states);
  detector_ = std::move(detector);
}

storage::ScoreView Applier::scores() const {
  return {learned_.model_version, needs_refit() ? options_.detector.model_version : ""};
}

Applied Applier::apply(const Scored& record, TimePoint now) {
  Applied applied;
  applied_at_ = moment(now);
  const Incoming& incoming = record.incoming;
  const bool gone = incoming.released > 0 && !held_.take(incoming.released);  // deleted, or held with another content
  if (gone) return applied;
  if (std::holds_alternative<ingest::Document>(incoming.content)) {
    applied = apply_document(record, now);
  } else if (const auto* hold = std::get_if<Hold>(&incoming.content)) {
    applied = apply_hold(hold->document, record, now);
  } else if (const auto* removal = std::get_if<Removal>(&incoming.content)) {
    applied = apply_removal(*removal, incoming.source, now);
  } else if (const auto* dead = std::get_if<DeadLetter>(&incoming.content)) {
    dead_letters_.record(to_dead_letter(incoming.source, *dead), now);
    incidents_.gather(storage::IncidentKind::dead_lettered, incoming.source,
                      std::min(dead->record_at.value_or(applied_at_), applied_at_));
    applied.commit.error = dead->pointer.empty() ? dead->reason : dead->pointer + ": " + dead->reason;
  }
  if (incoming.kafka) storage::advance(kafka_[incoming.source], *incoming.kafka);
  for (const auto& start : incoming.kafka_starts) storage::advance(kafka_[incoming.source], start);
  if (incoming.feed_state) feeds_[incoming.source] = *incoming.feed_state;
  return applied;
}

Applied Applier::apply_document(const Scored& record, TimePoint now) {
  if (any_held_ && record.incoming.released == 0) {
    if (const auto held = still_held(std::get<ingest::Document>(record.incoming.content))) {
      return apply_hold(*held, record, now);
    }
  }
  Applied applied;
  applied.row = to_document_row(record);
  note_carrier(record.incoming, applied.row->source);
  const TimePoint at = std::min(applied.row->published_at, applied.row->received_at);
  const auto before = clock_.event_time();
  const TimePoint event_time = std::max(before.value_or(at), at);
  const auto story =
      stories_.choose({record.story_key, record.story_signature, at}, std::max(newest_.value_or(at), at));
  applied.row->story = story.id;
  applied.row->turned = story.turned;
  applied.inserted = documents_.insert(*applied.row, now);
  applied.commit.stored = true;
  applied.commit.outcome = applied.inserted.outcome;
  applied.commit.seq = applied.inserted.seq;
  applied.commit.document = applied.inserted.row_id;
  // A revision never changes a vote, and a repeat is not new: the detector counts new rows, and newly named companies.
  if (applied.inserted.outcome == storage::Outcome::inserted) {
    newest_ = std::max(newest_.value_or(at), at);
    if (record.incoming.source == kHistoryIntake) storage::note_backfilled(connection_, applied.inserted.row_id);
    mark_leap(applied.inserted.seq - 1, before, event_time);
    if (applied.inserted.late) incidents_.gather(storage::IncidentKind::late_backlog, applied.row->source, at);
    if (story.id == 0) stories_.add({applied.inserted.story_id, at, record.story_signature});
    applied.transitions = detector_->observe(
        to_observation(to_sequence_row(*applied.row, applied.inserted), tags_by_entity(record.entities)));
    teller_.record(applied.transitions, now);
  } else if (applied.inserted.names_more) {
    add_named(applied, record, now);
  }
  if (applied.inserted.outcome == storage::Outcome::revised) note_turn(record, applied, now);
  return applied;
}

/// As the rows tell it, so that whoever reads them again sees the same.
void Applier::add_named(Applied& applied, const Scored& record, TimePoint now) {
  const storage::SequenceReader sequence(connection_, scores());
  const auto row = sequence.addition(applied.inserted.row_id, applied.inserted.seq);
  if (!row) return;
  EntityTags tags = tags_by_entity(record.entities);
  tags.insert(tags_.begin(), tags_.end());
  applied.addition = to_addition(*row, tags);
  applied.transitions = detector_->add(*applied.addition);
  teller_.record(applied.transitions, now);
}

/// Kafka records may name their publisher, which is covered when the configured source is. Pushed documents may too,
/// but nothing polls for pushes: whether more were to come is unknown.
void Applier::note_carrier(const Incoming& incoming, const std::string& source) {
  constexpr std::size_t kMostRemembered = 10'000;
  if (!incoming.kafka || source == incoming.source) return;
  if (carried_.size() >= kMostRemembered) carried_.clear();
  if (carried_.emplace(source, incoming.source).second) coverage_.carry(source, incoming.source);
}

std::vector<alerts::Transition> Applier::tick(TimePoint at, TimePoint now) {
  mark_leap(clock_.last_seq(), clock_.event_time(), at);
  const auto ticked = clock_.record_tick(at);
  auto transitions = detector_->tick(ticked.seq, at);
  teller_.record(transitions, now);
  return transitions;
}

std::vector<alerts::Transition> Applier::adopt(alerts::TrendDetector& rebuilt,
                                               const std::vector<alerts::Transition>& concluded, TimePoint now) {
  auto ended = detector_->settle();
  ended.insert(ended.end(), concluded.begin(), concluded.end());
  teller_.record(ended, now);
  if (!ended.empty() || rebuilt.counters().series > 0) states_.forget_marks();
  for (auto* detector : {detector_.get(), &rebuilt}) save(*detector);  // the old parts are deleted first
  return ended;
}

void Applier::save(alerts::TrendDetector& detector) {
  for (const auto& state : detector.take_dirty()) states_.save(state.rule, state.key, state.blob);
}

void Applier::finish() {
  for (const auto& [source, positions] : kafka_) {
    for (const auto& position : positions) positions_.advance(position, source);
  }
  kafka_.clear();
  for (const auto& [source, state] : feeds_) positions_.set_feed_state(source, state);
  feeds_.clear();
  incidents_.flush(applied_at_);
  save(*detector_);
}

}  // namespace tapewatch
