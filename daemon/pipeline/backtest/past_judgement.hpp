#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "alerts/detector/detector_options.hpp"
#include "alerts/detector/judgement.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

struct JudgementQuery {
  const alerts::RuleOptions& rule;
  const std::map<std::string, std::string>& key;
  TimePoint at{};                           ///< event time
  const alerts::DetectorOptions& detector;  ///< with the model whose rows count
  std::function<EntityTags()> tags;         ///< of the current watch list; asked for a replay only
  std::size_t page = 1'000;                 ///< rows of history in memory at a time
};

struct FoundJudgement {
  alerts::Judgement judgement;
  bool replayed = false;      ///< from stored history; else from the detector's stored state
  std::size_t documents = 0;  ///< replayed
  std::int64_t seen = 0;      ///< the last row of the sequence that the detector had seen
};

/// What the rule made of a series at a time. Within the last minute of event time: as it stands, from the state that
/// the daemon's detector committed last, which takes some milliseconds. At a time that is past: a detector of the rule
/// alone sees the stored sequence again, as far back as DetectorOptions::history, up to the first row with a later
/// time. `is_over` is asked before the replay and before each row; once it is true the result is nullopt. Any thread,
/// with its own connection. Throws StorageError.
std::optional<FoundJudgement> find_judgement(storage::Connection& connection, const JudgementQuery& query,
                                             const std::function<bool()>& is_over);

}  // namespace tapewatch
