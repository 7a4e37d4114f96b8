#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/detector/detector_options.hpp"
#include "alerts/detector/trend_detector.hpp"
#include "alerts/formats/signed_links.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/alert_teller.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "daemon/pipeline/writing/story_matcher.hpp"
#include "storage/alert/detector_state.hpp"
#include "storage/clock.hpp"
#include "storage/document/document_removal.hpp"
#include "storage/document/document_writer.hpp"
#include "storage/document/held_documents.hpp"
#include "storage/document/time_correction.hpp"
#include "storage/incident/incident_log.hpp"
#include "storage/source/dead_letters.hpp"
#include "storage/source/source_coverage.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

struct ApplierOptions {
  storage::StorageOptions storage;
  ingest::StoryOptions stories;
  std::vector<alerts::RuleOptions> rules;
  alerts::DetectorOptions detector;
  std::vector<alerts::WebhookOptions> webhooks;
  std::string external_url;  ///< the start of links in messages; without it they are null
  std::string config_version;
  /// Silences, acknowledgements, `repeat` and `escalate` go by it; null: by the time of the commit.
  std::shared_ptr<const EventClock> clock;
  alerts::AlertLinks links;  ///< what links to an alert carry
  /// The records are history: of alerts only the end of one that was announced before is told.
  bool history = false;
};

/// What a reload of the configuration replaces.
struct ApplierConfiguration {
  std::vector<alerts::RuleOptions> rules;
  std::vector<alerts::WebhookOptions> webhooks;
  std::string version;
  EntityTags tags;  ///< of the watch list
};

/// The effect of one record. `row` and `inserted` are set for a document.
struct Applied {
  Commit commit;
  std::optional<storage::DocumentRow> row;
  storage::Inserted inserted;
  std::optional<alerts::Addition> addition;      ///< of companies to a document that was there
  std::optional<alerts::Retraction> retraction;  ///< of a document that the detector knows
  std::optional<alerts::Observation> turned;     ///< such a document, of which a revision says the opposite
  std::vector<alerts::Transition> transitions;
};

/// A re-anchoring of event time.
struct Reanchored {
  TimePoint from{}, to{};
  storage::Corrected corrected;
  std::int64_t documents = 0;  ///< gone through again
  std::vector<alerts::Transition> transitions;
};
/// Rows gone through, of how many.
using ReanchorProgress = std::function<void(std::int64_t done, std::int64_t rows)>;

/// The version of the model that rules have learned from; without a state, the one whose scores they would learn from.
/// Nothing: no rule, or no news.
std::optional<std::string> learned_from(std::span<const alerts::SeriesState> states,
                                        std::span<const alerts::RuleOptions> rules,
                                        const storage::SequenceReader& sequence);

struct FoundAgain;
class DetectorRebuild;

/// Rows and detector advance together: only this class turns a record into rows, observations, alert transitions and
/// outgoing messages. No threads, no clock; the writer loop and `replay` drive it.
///
/// Every call except `reload` belongs inside a storage::Transaction of the caller. After a roll-back call `reload`: the
/// detector is discarded and read again from the database, so that it never contains uncommitted data.
class Applier {
 public:
  /// `options.detector.model_version`: of the model that scores the records. Where the stored state was learned from
  /// another one's scores, the rules go on with it, and judge what this one scores by it, until refit().
  Applier(storage::Connection& connection, ApplierOptions options);
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;

  /// Sets the start of links once the listening port is known. Call before the first record.
  void set_external_url(std::string url) { options_.external_url = std::move(url); }

  /// What the links of messages carry. Call before the first record.
  void set_links(alerts::AlertLinks links) { options_.links = std::move(links); }

  /// The tags of the watch list, for rows that are gone through again. Call before the first record.
  void set_tags(EntityTags tags) { tags_ = std::move(tags); }

  void reload();
  Applied apply(const Scored& record, TimePoint now);
  /// A live tick at event time `at`: changes caused by time alone.
  std::vector<alerts::Transition> tick(TimePoint at, TimePoint now);
  /// Event time is `to` from here on, as a row of the sequence. The times that a wrong clock has stamped are corrected;
  /// the detector's state from before event time leapt is restored, and the rows since are gone through again, at times
  /// no later than `to`. Without such a state it is built from the stored history, without alerting from what is older
  /// than the first wrong row. Alerts that were told go on under their ids; those that were missed are told; those that
  /// only the wrong times gave end with the reason "clock". As long as the rows since are many: `tell` is called.
  Reanchored reanchor(TimePoint to, TimePoint now, const ReanchorProgress& tell = {});
  /// Ends the alerts of changed or removed rules, and takes over the state of those `rebuilt` from stored history;
  /// `concluded`: alerts that ended in it. Then call `reload`.
  std::vector<alerts::Transition> adopt(alerts::TrendDetector& rebuilt,
                                        const std::vector<alerts::Transition>& concluded, TimePoint now);
  /// Whether upkeep() could have anything to do.
  bool has_open_alerts() const { return teller_.has_open(); }
  /// What time alone changes in who is told of the open alerts. See AlertTeller.
  UpkeepResult upkeep(TimePoint now) { return teller_.upkeep(*detector_, now); }
  /// The configuration is `next` from here on: what was learned and open alerts stay as far as it lets them; rules that
  /// begin from nothing take over `rebuild`, which catches up here. Returns the alerts that end. Throws StaleRebuild
  /// where `rebuild` is not of those rules any more. After a roll-back: configure() with what was before, and reload().
  std::vector<alerts::Transition> reconfigure(ApplierConfiguration next, DetectorRebuild& rebuild, TimePoint now);
  /// The rules begin anew with what `rebuild` has learned from the scores of the model that scores the records, which
  /// catches up here; open alerts go on as after a reload. Returns the alerts that end. Throws StaleRebuild. Undone by
  /// a roll-back and reload().
  std::vector<alerts::Transition> refit(DetectorRebuild& rebuild, TimePoint now);
  ApplierConfiguration configuration() const;
  /// Then call `reload`.
  void configure(ApplierConfiguration configuration);
  /// Writes what belongs to the batch: source positions, feed states, detector state. Last call before the commit.
  void finish();

  TimePoint event_time() const { return detector_->event_time(); }
  const alerts::TrendDetector& detector() const { return *detector_; }
  const ApplierOptions& options() const { return options_; }
  /// With the version of the model that the rules have learned from.
  const alerts::DetectorOptions& detector_options() const { return learned_; }
  /// Whose scores the detector has seen.
  storage::ScoreView scores() const;
  bool needs_refit() const { return learned_.model_version != options_.detector.model_version; }

 private:
  class SecondPass;

  void mark_leap(std::int64_t seq, std::optional<TimePoint> before, TimePoint after);
  std::vector<alerts::Transition> put_right(alerts::TrendDetector& detector, FoundAgain found,
                                            const storage::Reanchoring& row, TimePoint now);
  std::vector<alerts::Transition> begin_anew(DetectorRebuild& rebuild, TimePoint now);
  static alerts::Transition unfounded(alerts::Transition alert, TimePoint to);
  Applied apply_document(const Scored& record, TimePoint now);
  void add_named(Applied& applied, const Scored& record, TimePoint now);
  Applied apply_removal(const Removal& removal, const std::string& intake, TimePoint now);
  void note_turn(const Scored& record, Applied& applied, TimePoint now);
  Applied apply_hold(const ingest::Document& document, const Scored& record, TimePoint now);
  Applied take_back(const storage::RemovalRow& row, TimePoint now);
  /// What holds a document that comes while an earlier content of it is held; nothing: it may be seen.
  std::optional<ingest::Document> still_held(const ingest::Document& document);
  void save(alerts::TrendDetector& detector);
  void note_carrier(const Incoming& incoming, const std::string& source);
  void note_rule_change(const std::vector<alerts::RuleOptions>& before, TimePoint now);
  /// The time that documents count on, where no clock is given that of the commit.
  TimePoint moment(TimePoint now) const { return options_.clock ? options_.clock->now() : now; }

  storage::Connection& connection_;
  ApplierOptions options_;
  alerts::DetectorOptions learned_;  // options_.detector, with the model that the stored state was learned from
  EntityTags tags_;
  StoryMatcher stories_;
  storage::DocumentWriter documents_;
  storage::DocumentRemoval removals_;
  storage::HeldDocuments held_;
  AlertTeller teller_;
  storage::DeadLetters dead_letters_;
  storage::DetectorStateStore states_;
  storage::SourcePositions positions_;
  storage::SourceCoverage coverage_;
  storage::IncidentLog incidents_;
  storage::Clock clock_;
  std::unique_ptr<alerts::TrendDetector> detector_;
  /// The largest time of a document: stories are found around it, whatever a clock that ticks says.
  std::optional<TimePoint> newest_;
  TimePoint applied_at_{};  // of the current batch
  bool any_held_ = false;   ///< false: there is none; so that a document need not be looked for among them
  /// Of the current batch: only the last position of each partition and the last state of each feed are written.
  std::map<std::string, storage::KafkaPositions> kafka_;   // by source
  std::map<std::string, std::string> feeds_;               // by source
  std::set<std::pair<std::string, std::string>> carried_;  // sources known to be carried by another one
};

}  // namespace tapewatch
