#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/rule_prints.hpp"
#include "storage/connection/connection.hpp"
#include "storage/incident/incident_log.hpp"

namespace tapewatch {

struct RunRecordOptions {
  std::chrono::milliseconds alive_every{1'000};              ///< between two records of being alive, with other commits
  std::chrono::milliseconds pulse_every{30'000};             ///< without: then there is one
  std::chrono::milliseconds jump = std::chrono::minutes{5};  ///< of the clock, at once; less is a correction
};

/// What judges the records of a run.
struct RunParts {
  std::string model;  ///< version of the model that scores
  RulePrints rules;
  bool refits = false;  ///< the rules have yet to learn from that model's scores
};

/// What a daemon writes of its own run: that it ran and until when, when ingestion was paused, jumps of the clock that
/// it has followed, and what judges otherwise than in the run before. After a kill the next start ends what was left
/// open at the time of the last commit. The writer's thread, once begin() has returned.
class RunRecord {
 public:
  RunRecord(storage::Connection& connection, const EventClock& clock, RunRecordOptions options = {})
      : connection_(connection), clock_(clock), options_(options) {}

  /// In a transaction of its own. Throws StorageError.
  void begin(const RunParts& parts);
  /// Between two commits. `paused`: ingestion is.
  void look(bool paused);
  /// A commit has failed and is tried again; until written(), nothing is stored.
  void commits_fail();
  /// Whether there is something to write that should not wait for another commit.
  bool is_due() const;
  /// Inside the transaction of a commit.
  void write();
  /// After that commit.
  void written();

 private:
  void write_pause(storage::IncidentLog& log, TimePoint now);

  storage::Connection& connection_;
  const EventClock& clock_;
  const RunRecordOptions options_;
  bool paused_ = false, pause_written_ = false;
  std::optional<TimePoint> failing_since_;
  std::optional<std::chrono::milliseconds> course_;  // of the clock: now() less elapsed()
  std::vector<storage::IncidentSpan> jumps_;         // not yet written
  std::chrono::milliseconds alive_{0};               // elapsed() at the last commit that said so
  TimePoint alive_at_{};                             // now() at it: a clock that was put back is before it
  bool says_so_ = false;                             // the commit that is being made, at said_at_
  TimePoint said_at_{};
};

}  // namespace tapewatch
