#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"

namespace tapewatch {

struct RebuildOptions {
  std::size_t page = 1'000;                     ///< rows of history in memory at a time
  std::chrono::milliseconds tell_every{5'000};  ///< progress in the log
};

/// Steps of the history gone through, of how many; called after each page. An exception from it ends the reading.
using RebuildProgress = std::function<void(std::int64_t done, std::int64_t steps)>;

/// A detector for rules that begin from nothing, which learns from the stored sequence. It can be read up on one
/// connection (a reader, while the writer goes on) and brought up to date on another one. One thread at a time.
class DetectorRebuild {
 public:
  /// `tags`: of the watch list. Without rules there is nothing to read. `also`: a model whose scores are learned from
  /// beside those of the options'.
  DetectorRebuild(std::vector<alerts::RuleOptions> rules, alerts::DetectorOptions options, EntityTags tags,
                  std::string also = {});
  DetectorRebuild(const DetectorRebuild&) = delete;
  DetectorRebuild& operator=(const DetectorRebuild&) = delete;

  /// Reads on from where it was up to the last row that `connection` sees. Documents that were read and have been
  /// removed since are taken back.
  void read(storage::Connection& connection, std::size_t page, const RebuildProgress& tell = {});
  /// The rows that `connection` sees beyond.
  std::int64_t behind(storage::Connection& connection) const;
  /// Whether it is of these rules and of this model, and no re-anchoring has changed the times of rows that were read.
  bool fits(storage::Connection& connection, std::span<const alerts::UnfittedRule> unfitted,
            const std::string& model) const;

  /// After the last read: the open alerts that are `carried` go on under their ids where their surge is open here; the
  /// others end, which is returned.
  std::vector<alerts::Transition> conclude(std::span<const alerts::CarriedAlert> carried);
  alerts::TrendDetector& detector() { return detector_; }
  std::size_t documents() const { return documents_; }

 private:
  std::int64_t first_seq(storage::Connection& connection) const;
  void remove_until(storage::Connection& connection, std::int64_t seq, std::int64_t observed);

  const std::set<std::string> rules_;
  const alerts::DetectorOptions options_;
  const storage::ScoreView scores_;
  const EntityTags tags_;
  alerts::TrendDetector detector_;
  HistoryFeed feed_;
  bool began_ = false;
  std::int64_t at_ = 0;  // the last row that was read
  std::int64_t reanchored_ = 0;
  std::vector<storage::RemovedRow> removals_;
  std::size_t next_removal_ = 0;
  std::size_t documents_ = 0;
};

/// A rebuild that no longer fits what is stored: it must begin again.
struct StaleRebuild : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Those of `rules` that are unfitted.
std::vector<alerts::RuleOptions> unfitted_rules(const std::vector<alerts::RuleOptions>& rules,
                                                std::span<const alerts::UnfittedRule> unfitted);

/// Says in the log which rules learn from the stored history, and why.
void tell_unfitted(std::span<const alerts::UnfittedRule> unfitted, spdlog::logger& log);

/// At start-up, before anything else uses the applier: adapts the detector to the configuration. A rule that is new, or
/// selects other news than when its state was written, is rebuilt from the stored sequence, without raising alerts from
/// it; alerts open under another definition end with the reason "reconfigured", through the outbox like any other
/// transition. Both are one transaction at the end: if the process is killed before it, the next start begins again.
///
/// Documents without scores of the model that the rules have learned from, or of the present one, are left out, and so
/// are the ticks among them. `tags`: of the current watch list. Throws StorageError.
void fit_detector(storage::Connection& connection, Applier& applier, const EntityTags& tags, spdlog::logger& log,
                  RebuildOptions options = {});

}  // namespace tapewatch
