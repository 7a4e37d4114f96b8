#include "daemon/pipeline/writing/detector_rebuild.hpp"

#include <algorithm>
#include <utility>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

using Why = alerts::UnfittedRule::Why;

std::set<std::string> names_of(const std::vector<alerts::RuleOptions>& rules) {
  std::set<std::string> names;
  for (const auto& rule : rules) names.insert(rule.name);
  return names;
}

}  // namespace

DetectorRebuild::DetectorRebuild(std::vector<alerts::RuleOptions> rules, alerts::DetectorOptions options,
                                 EntityTags tags, std::string also)
    : rules_(names_of(rules)),
      options_(std::move(options)),
      scores_{options_.model_version, also == options_.model_version ? "" : std::move(also)},
      tags_(std::move(tags)),
      detector_(std::move(rules), options_),
      feed_(detector_, scores_, tags_) {}

void DetectorRebuild::read(storage::Connection& connection, std::size_t page, const RebuildProgress& tell) {
  if (rules_.empty()) return;
  const storage::ReadTransaction snapshot(connection);
  const storage::SequenceReader sequence(connection, scores_);
  const storage::Clock clock(connection);
  const std::int64_t end = clock.last_seq();
  removals_.clear();
  next_removal_ = 0;
  if (std::exchange(began_, true)) {
    removals_ = sequence.removals_after(at_);
  } else {
    at_ = first_seq(connection);
    reanchored_ = clock.last_reanchoring();
  }
  const std::int64_t start = at_;
  for (std::int64_t at = start; at < end;) {
    const auto rows = sequence.after(at, page);
    if (rows.empty()) break;
    for (const auto& row : rows) {
      remove_until(connection, row.seq, start);
      if (feed_.take(row) && row.is_document()) ++documents_;
    }
    at = rows.back().seq;
    if (tell) tell(at - start, end - start);
  }
  remove_until(connection, end + 1, start);
  at_ = std::max(at_, end);
}

void DetectorRebuild::remove_until(storage::Connection& connection, std::int64_t seq, std::int64_t observed) {
  const storage::SequenceReader sequence(connection, scores_);
  for (; next_removal_ < removals_.size() && removals_[next_removal_].seq < seq; ++next_removal_) {
    const auto [at, id] = removals_[next_removal_];
    const auto document = sequence.document(id, observed);
    if (!document || !scores_.has(document->model_version)) continue;
    const auto others = sequence.of_story(document->story_id, id, at, observed);
    detector_.remove(to_retraction(at, *document, others, scores_, tags_));
  }
}

/// The start of the history that the rules need: no further back than their memory or their model.
std::int64_t DetectorRebuild::first_seq(storage::Connection& connection) const {
  const storage::SequenceReader sequence(connection, scores_);
  const storage::Clock clock(connection);
  const auto event_time = clock.event_time();
  const auto first = sequence.first_of(options_.model_version);
  if (!event_time || !first) return clock.last_seq();
  return sequence.before(std::max<TimePoint>(*first, *event_time - options_.history));
}

std::int64_t DetectorRebuild::behind(storage::Connection& connection) const {
  return rules_.empty() ? 0 : storage::Clock(connection).last_seq() - at_;
}

bool DetectorRebuild::fits(storage::Connection& connection, std::span<const alerts::UnfittedRule> unfitted,
                           const std::string& model) const {
  std::set<std::string> names;
  for (const auto& rule : unfitted) names.insert(rule.rule);
  if (names != rules_) return false;
  if (rules_.empty()) return true;
  return model == options_.model_version && storage::Clock(connection).last_reanchoring() == reanchored_;
}

std::vector<alerts::Transition> DetectorRebuild::conclude(std::span<const alerts::CarriedAlert> carried) {
  return detector_.conclude_history(carried);
}

std::vector<alerts::RuleOptions> unfitted_rules(const std::vector<alerts::RuleOptions>& rules,
                                                std::span<const alerts::UnfittedRule> unfitted) {
  std::vector<alerts::RuleOptions> found;
  std::copy_if(rules.begin(), rules.end(), std::back_inserter(found), [&](const alerts::RuleOptions& rule) {
    return std::any_of(unfitted.begin(), unfitted.end(), [&](const auto& one) { return one.rule == rule.name; });
  });
  return found;
}

void tell_unfitted(std::span<const alerts::UnfittedRule> unfitted, spdlog::logger& log) {
  for (const auto& [rule, why] : unfitted) {
    log.info("rule {} {}: it learns from the stored history", rule,
             why == Why::no_state        ? "is new"
             : why == Why::other_version ? "is judged by a new version of the detector"
             : why == Why::other_model   ? "has learned from another model than the others"
                                         : "was changed");
  }
}

void fit_detector(storage::Connection& connection, Applier& applier, const EntityTags& tags, spdlog::logger& log,
                  RebuildOptions options) {
  const auto unfitted = applier.detector().unfitted();
  const bool learns = storage::Clock(connection).last_seq() > 0 && !unfitted.empty();
  if (learns) tell_unfitted(unfitted, log);
  DetectorRebuild rebuild(
      learns ? unfitted_rules(applier.options().rules, unfitted) : std::vector<alerts::RuleOptions>(),
      applier.detector_options(), tags, applier.scores().also);
  auto told = std::chrono::steady_clock::now();
  rebuild.read(connection, options.page, [&](std::int64_t done, std::int64_t steps) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < options.tell_every) return;
    told = now;
    log.info("stored history: {} of {} steps read", done, steps);
  });
  const auto concluded =
      learns ? rebuild.conclude(applier.detector().carried_alerts()) : std::vector<alerts::Transition>();

  storage::Transaction transaction(connection);
  const auto ended = applier.adopt(rebuild.detector(), concluded, wall_now());
  transaction.commit();
  log_transitions(log, ended);
  if (!learns) return;
  applier.reload();
  log.info("learned from {} stored documents", rebuild.documents());
}

}  // namespace tapewatch
