// Tested by tests/daemon/pipeline/writing/reanchoring_test.cpp
// How an Applier puts event time right.
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "config/notation/rfc3339.hpp"
#include "daemon/pipeline/writing/alert_reconciliation.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::minutes kLeap{5};      // event time that moves further at once may be a wrong clock's
constexpr std::chrono::minutes kInexact{10};  // of a leap that explains how far event time is ahead
constexpr std::size_t kPage = 1'000;          // rows of history in memory at a time
constexpr std::string_view kReason = "clock";

/// Of the rules and the model: a state from before belongs to the same ones.
std::string fingerprint(const alerts::TrendDetector& detector) {
  const std::string definition = detector.definition();
  return fmt::format("{:016x}", XXH3_64bits(definition.data(), definition.size()));
}

alerts::AlertState state_of(const std::string& name) {
  for (const auto state : {alerts::AlertState::pending, alerts::AlertState::firing}) {
    if (alerts::to_string(state) == name) return state;
  }
  return alerts::AlertState::resolved;
}

}  // namespace

/// The rows since, shown to a detector in the order of `seq` at the times that they have now.
class Applier::SecondPass {
 public:
  SecondPass(Applier& applier, const storage::Reanchoring& row, alerts::TrendDetector& detector)
      : applier_(applier),
        row_(row),
        detector_(detector),
        scores_(applier.scores()),
        feed_(detector, scores_, applier.tags_) {}

  /// `start`: the seq before the first row; up to `row.since` nothing is told and nothing changes.
  void run(std::int64_t start, std::optional<TimePoint> event_time, const ReanchorProgress& tell) {
    event_time_ = event_time;
    const storage::SequenceReader sequence(applier_.connection_, scores_);
    if (start == row_.since) {
      feed_.go_on();
      removals_ = sequence.removals_after(start);
    }
    for (std::int64_t at = start; at < row_.seq;) {
      auto rows = sequence.after(at, kPage);
      if (rows.empty()) break;
      for (auto& row : rows) {
        remove_until(row.seq, sequence);
        take(row);
      }
      at = rows.back().seq;
      if (tell) tell(at - start, row_.seq - start);
    }
    remove_until(row_.seq, sequence);
    conclude_history();
    add(detector_.tick(row_.seq, row_.to));
  }
  const std::vector<alerts::Transition>& transitions() const { return transitions_; }
  std::int64_t documents() const { return documents_; }

 private:
  void take(storage::SequenceRow& row) {
    const bool since = row.seq > row_.since;
    if (since) conclude_history();
    if (!row.revised) event_time_ = std::max(event_time_.value_or(row.at), row.at);
    if (since && !row.tick && !row.revised) {
      if (row.is_document()) ++documents_;
      const bool late = row.at < *event_time_ - applier_.options_.storage.max_lateness;
      if (late != row.late) set_late(row, late);
      row.late = late;
      if (late && row.is_document()) {
        applier_.incidents_.gather(storage::IncidentKind::late_backlog, row.source, row.at);
      }
    }
    const auto told = feed_.take(row);
    if (told && since) add(*told);
    history_ = history_ || !since;
  }

  void set_late(const storage::SequenceRow& row, bool late) {
    storage::TimeCorrection correction(applier_.connection_);
    if (row.addition) {
      correction.set_added_late(std::stoll(row.document_id), row.seq, late);
    } else {
      correction.set_late(row.seq, late);
    }
  }

  /// Of the documents that the restored state holds, those that were removed since.
  void remove_until(std::int64_t seq, const storage::SequenceReader& sequence) {
    for (; next_ < removals_.size() && removals_[next_].seq < seq; ++next_) {
      const auto [at, id] = removals_[next_];
      const auto document = sequence.document(id, row_.since);
      if (!document || !scores_.has(document->model_version)) continue;
      const auto others = sequence.of_story(document->story_id, id, at, row_.since);
      add(detector_.remove(to_retraction(at, *document, others, scores_, applier_.tags_)));
    }
  }

  /// Alerts of rows before `since` were told, or not, when they came.
  void conclude_history() {
    if (std::exchange(history_, false)) detector_.conclude_history();
  }
  void add(const std::vector<alerts::Transition>& more) {
    transitions_.insert(transitions_.end(), more.begin(), more.end());
  }

  Applier& applier_;
  const storage::Reanchoring row_;
  alerts::TrendDetector& detector_;
  const storage::ScoreView scores_;
  HistoryFeed feed_;
  std::optional<TimePoint> event_time_;
  bool history_ = false;
  std::vector<storage::RemovedRow> removals_;
  std::size_t next_ = 0;
  std::int64_t documents_ = 0;
  std::vector<alerts::Transition> transitions_;
};

void Applier::mark_leap(std::int64_t seq, std::optional<TimePoint> before, TimePoint after) {
  if (before && after - *before <= kLeap) return;
  save(*detector_);
  states_.mark({seq, before, after}, fingerprint(*detector_));
}

Reanchored Applier::reanchor(TimePoint to, TimePoint now, const ReanchorProgress& tell) {
  save(*detector_);
  const storage::SequenceReader sequence(connection_);
  const TimePoint from = clock_.event_time().value_or(to);
  const auto first_wrong = to < from ? sequence.first_after(to) : sequence.first_held(from, to);
  const std::int64_t last = clock_.last_seq();
  const std::string definition = fingerprint(*detector_);
  storage::MarkQuery wanted{.to = to, .most_seq = last, .definition = definition};
  if (to < from) {
    wanted.leap = from - to - kInexact;
  } else {  // the state to begin with is from before the rows that were held
    wanted.most_seq = first_wrong.value_or(last + 1) - 1;
  }
  const auto mark = states_.find_mark(wanted);
  storage::Reanchoring row;
  row.since = mark ? mark->seq : first_wrong.value_or(last + 1) - 1;
  row.from = from;
  row.to = to;
  if (mark) row.leapt_to = mark->leapt_to;
  row.seq = clock_.record_reanchoring(from, to, row.since);

  Reanchored result{from, to, storage::TimeCorrection(connection_).apply(row), 0, {}};
  auto detector = std::make_unique<alerts::TrendDetector>(options_.rules, learned_);
  std::int64_t start = row.since;
  if (mark) {
    states_.rewind(mark->seq);
    detector->restore(to_series_states(states_.load_all()));
  } else {
    states_.clear();
    if (const auto first = sequence.first_of(learned_.model_version)) {
      start = std::min(start, sequence.before(std::max<TimePoint>(*first, to - options_.detector.history)));
    }
  }
  incidents_.forget_after(storage::IncidentKind::late_backlog, row.since);  // judged again
  applied_at_ = to;
  SecondPass pass(*this, row, *detector);
  pass.run(start, mark ? mark->event_time : std::nullopt, tell);
  result.documents = pass.documents();
  result.transitions = put_right(*detector, {row.since, pass.transitions(), {}}, row, now);
  const auto& [restamped, held, released] = result.corrected;
  incidents_.merge(storage::IncidentKind::clock_jump,
                   {"", std::min(from, to), std::max(from, to), restamped + held + released,
                    fmt::format("event time was {}, the clock says {}", notation::format_rfc3339(from),
                                notation::format_rfc3339(to))},
                   to);
  detector_ = std::move(detector);
  save(*detector_);
  stories_.reload();
  newest_ = storage::SequenceReader(connection_).newest();
  return result;
}

/// Tells what differs from what was told, and lets the open alerts of `detector` go on under the ids that people know.
std::vector<alerts::Transition> Applier::put_right(alerts::TrendDetector& detector, FoundAgain found,
                                                   const storage::Reanchoring& row, TimePoint now) {
  const auto open = detector.open_alerts();
  found.open = open;
  const auto stored = storage::AlertReader(connection_).open_or_since(row.since);
  std::vector<ToldAlert> told;
  told.reserve(stored.size());
  for (const auto& [alert, seq, stored_at, opened_seq, acknowledgement] : stored) {
    told.push_back({alert.id, alert.rule, alert.key_json, state_of(alert.state), alert.sequence, alert.late, opened_seq,
                    alert.started_at});
  }
  Reconciled reconciled = reconcile(told, found);
  const auto was_open = detector_->open_alerts();
  for (const auto& id : reconciled.unfounded) {
    const auto known = std::find_if(was_open.begin(), was_open.end(), [&](const auto& a) { return a.alert_id == id; });
    if (known != was_open.end()) reconciled.tell.push_back(unfounded(*known, row.to));
  }
  teller_.record(reconciled.tell, now);
  for (const auto& [alert, seq, stored_at, opened_seq, acknowledgement] : stored) {
    const auto& ids = reconciled.unfounded;
    if (alert.late && std::find(ids.begin(), ids.end(), alert.id) != ids.end()) {
      storage::AlertRow voided = alert;
      ++voided.sequence;
      voided.type.clear();
      voided.reason = kReason;
      teller_.record_untold(voided, now);
    }
  }
  for (const auto& alert : reconciled.go_on) detector.go_on(alert);
  return std::move(reconciled.tell);
}

/// The end of an alert that only the wrong times had raised.
alerts::Transition Applier::unfounded(alerts::Transition alert, TimePoint to) {
  alert.type = alert.state == alerts::AlertState::firing ? "alert.resolved" : "";
  alert.state = alerts::AlertState::resolved;
  alert.reason = kReason;
  ++alert.sequence;
  alert.started_at = std::min(alert.started_at, to);
  alert.updated_at = to;
  alert.ended_at = to;
  return alert;
}

}  // namespace tapewatch
