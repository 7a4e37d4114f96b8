#include "daemon/pipeline/writing/detector_rebuild.hpp"

#include <algorithm>
#include <utility>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

using Why = alerts::UnfittedRule::Why;

/// Feeds stored history to a separate detector.
class Rebuild {
 public:
  Rebuild(storage::Connection& connection, const Applier& applier, const EntityTags& tags, spdlog::logger& log,
          RebuildOptions options)
      : connection_(connection),
        applier_(applier),
        detector_options_(applier.options().detector),
        tags_(tags),
        log_(log),
        options_(options) {}

  alerts::TrendDetector run(std::vector<alerts::RuleOptions> rules) {
    const bool nobody_learns = rules.empty();
    alerts::TrendDetector detector(std::move(rules), detector_options_);
    if (nobody_learns) return detector;
    HistoryFeed feed(detector, detector_options_.model_version, tags_);
    const storage::SequenceReader sequence(connection_);
    const std::int64_t start = first_seq(sequence), end = storage::Clock(connection_).last_seq();
    auto told = std::chrono::steady_clock::now();
    for (std::int64_t at = start; at < end;) {
      const auto rows = sequence.after(at, options_.page);
      if (rows.empty()) break;
      for (const auto& row : rows) {
        if (feed.take(row) && !row.tick) ++documents_;
      }
      at = rows.back().seq;
      const auto now = std::chrono::steady_clock::now();
      if (now - told < options_.tell_every) continue;
      told = now;
      log_.info("stored history: {} of {} steps read", at - start, end - start);
    }
    ended_ = detector.conclude_history(applier_.detector().carried_alerts());
    return detector;
  }
  std::size_t documents() const { return documents_; }
  /// Alerts of an earlier version's state whose surge is over by the stored history.
  const std::vector<alerts::Transition>& ended() const { return ended_; }

 private:
  /// The start of the history that the rules need: no further back than their memory or their model.
  std::int64_t first_seq(const storage::SequenceReader& sequence) const {
    const auto event_time = storage::Clock(connection_).event_time();
    const auto first = sequence.first_of(detector_options_.model_version);
    if (!event_time || !first) return storage::Clock(connection_).last_seq();
    return sequence.before(std::max<TimePoint>(*first, *event_time - detector_options_.history));
  }

  storage::Connection& connection_;
  const Applier& applier_;
  const alerts::DetectorOptions detector_options_;
  const EntityTags& tags_;
  spdlog::logger& log_;
  const RebuildOptions options_;
  std::size_t documents_ = 0;
  std::vector<alerts::Transition> ended_;
};

void tell_why(const std::vector<alerts::UnfittedRule>& unfitted, bool model_is_known, const std::string& model,
              spdlog::logger& log) {
  bool other_model = !model_is_known;
  for (const auto& [rule, why] : unfitted) {
    other_model = other_model || why == Why::other_model;
    if (other_model) continue;
    log.info("rule {} {}: it learns from the stored history", rule,
             why == Why::no_state        ? "is new"
             : why == Why::other_version ? "is judged by a new version of the detector"
                                         : "was changed");
  }
  if (!other_model) return;
  log.warn(
      "the model has changed to {}: the rules learn nothing from the scores of earlier models and may fire once they "
      "have observed enough news; scoring stored history again (tapewatch rescore) is not in this version",
      model);
}

}  // namespace

void fit_detector(storage::Connection& connection, Applier& applier, const EntityTags& tags, spdlog::logger& log,
                  RebuildOptions options) {
  const auto unfitted = applier.detector().unfitted();
  const bool has_history = storage::Clock(connection).last_seq() > 0;
  const bool learns = has_history && !unfitted.empty();
  Rebuild rebuild(connection, applier, tags, log, options);
  std::vector<alerts::RuleOptions> rules;
  if (learns) {
    const std::string& model = applier.options().detector.model_version;
    tell_why(unfitted, storage::SequenceReader(connection).first_of(model).has_value(), model, log);
    for (const auto& rule : applier.options().rules) {
      const auto is_it = [&](const alerts::UnfittedRule& found) { return found.rule == rule.name; };
      if (std::any_of(unfitted.begin(), unfitted.end(), is_it)) rules.push_back(rule);
    }
  }
  alerts::TrendDetector rebuilt = rebuild.run(std::move(rules));

  storage::Transaction transaction(connection);
  const auto ended = applier.adopt(rebuilt, rebuild.ended(), wall_now());
  transaction.commit();
  for (const auto& alert : ended) log.info("alert {} of rule {} ends: {}", alert.alert_id, alert.rule, alert.reason);
  if (!learns) return;
  applier.reload();
  log.info("learned from {} stored documents", rebuild.documents());
}

}  // namespace tapewatch
