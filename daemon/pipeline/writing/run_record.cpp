#include "daemon/pipeline/writing/run_record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/notation/rfc3339.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/incident/run_log.hpp"

namespace tapewatch {

using storage::IncidentKind;

void RunRecord::begin(const RunParts& parts) {
  const TimePoint now = clock_.now();
  storage::Transaction transaction(connection_);
  storage::RunLog runs(connection_);
  storage::IncidentLog log(connection_);
  if (const auto before = runs.last()) {
    log.close(IncidentKind::ingestion_paused, before->alive_at);
    if (before->model != parts.model) {
      log.close(IncidentKind::model_changed, now);
      log.open(IncidentKind::model_changed, now, fmt::format("from {} to {}", before->model, parts.model), now);
    }
    if (!parts.refits) log.close(IncidentKind::model_changed, now);
    const std::string change = rule_change(before->rules, parts.rules);
    if (!change.empty()) log.note(IncidentKind::rules_changed, {"", now, now, std::nullopt, change}, now);
  }
  runs.begin({now, now, parts.model, parts.rules});
  transaction.commit();
  alive_ = clock_.elapsed();
  alive_at_ = now;
}

void RunRecord::look(bool paused) {
  paused_ = paused;
  const TimePoint now = clock_.now();
  const auto elapsed = clock_.elapsed();
  const auto course = now.time_since_epoch() - elapsed;
  // Back, event time is put right, and what that corrects is told there.
  if (course_ && course - *course_ > options_.jump) {
    const TimePoint was(elapsed + *course_);
    jumps_.push_back(
        {"", was, now, 0,
         fmt::format("the clock went from {} to {}", notation::format_rfc3339(was), notation::format_rfc3339(now))});
  }
  course_ = course;
}

void RunRecord::commits_fail() {
  if (!failing_since_) failing_since_ = clock_.now();
}

bool RunRecord::is_due() const {
  return paused_ != pause_written_ || !jumps_.empty() || clock_.now() < alive_at_ ||
         clock_.elapsed() - alive_ >= options_.pulse_every;
}

void RunRecord::write() {
  const bool news = paused_ != pause_written_ || failing_since_ || !jumps_.empty() || clock_.now() < alive_at_;
  says_so_ = news || clock_.elapsed() - alive_ >= options_.alive_every;
  if (!says_so_) return;
  const TimePoint now = clock_.now();
  storage::IncidentLog log(connection_);
  write_pause(log, now);
  for (const auto& jump : jumps_) log.merge(IncidentKind::clock_jump, jump, now);
  storage::RunLog(connection_).alive(now);
  said_at_ = now;
}

void RunRecord::write_pause(storage::IncidentLog& log, TimePoint now) {
  if (failing_since_ && !pause_written_) {
    log.note(IncidentKind::ingestion_paused,
             {"", std::min(*failing_since_, now), now, std::nullopt, "the database could not be written"}, now);
  }
  if (paused_ == pause_written_) return;
  if (paused_) {
    log.open(IncidentKind::ingestion_paused, now, "the disk has less free than storage.min_free", now);
  } else {
    log.close(IncidentKind::ingestion_paused, now);
  }
}

void RunRecord::written() {
  if (says_so_) {
    alive_ = clock_.elapsed();
    alive_at_ = said_at_;
  }
  pause_written_ = paused_;
  failing_since_.reset();
  jumps_.clear();
}

}  // namespace tapewatch
