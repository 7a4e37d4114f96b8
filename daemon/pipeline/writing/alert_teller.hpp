#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "alerts/notification/notice.hpp"
#include "alerts/notification/open_notices.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/notices.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {

struct ApplierOptions;

/// What changed between the steps of alerts, for the log.
struct AlertTurn {
  alerts::Turn turn = alerts::Turn::none;
  alerts::Transition alert;
  unsigned repeats = 0;
  bool is_sent = false;  ///< a message was written
};
struct SentDigest {
  std::string rule;
  std::size_t alerts = 0;
};
struct UpkeepResult {
  std::vector<AlertTurn> turns;
  std::vector<SentDigest> digests;
  bool empty() const { return turns.empty() && digests.empty(); }
};

/// Records the steps of alerts and decides, with alerts/notification, whom to tell what and when: the only one that
/// writes messages about alerts. All that it knows stands in the database, written in the same transaction as the
/// messages: after a restart or a kill nothing is told twice and nothing is lost.
///
/// Writer thread. Every call except `reload` belongs inside a storage::Transaction; after a roll-back call `reload`.
class AlertTeller {
 public:
  /// `options` outlives it, and may change between two calls.
  AlertTeller(storage::Connection& connection, const ApplierOptions& options);

  void reload();
  /// Stores the steps and their messages; each one gets its present severity and who suppresses it.
  void record(std::vector<alerts::Transition>& steps, TimePoint now);
  /// A step that nobody is told of.
  void record_untold(const storage::AlertRow& row, TimePoint now) { alerts_.record(row, {}, now); }
  /// Whether upkeep() could have anything to do: an alert fires, or a digest waits.
  bool has_open() const { return !open_.empty() || !digests_.empty(); }
  /// What time alone changes: suppression that began or ended, `repeat`, `escalate`, digests. Cheap while nothing is
  /// due.
  UpkeepResult upkeep(const alerts::TrendDetector& detector, TimePoint now);

 private:
  struct Moment;  // what is read once for several decisions

  Moment moment(TimePoint now) const;
  alerts::Scene scene(const Moment& moment, TimePoint event_time) const;
  alerts::NoticeDecision decide(const alerts::Transition& step, const Moment& moment);
  void keep(const alerts::Notice& notice, bool open, TimePoint event_time);
  std::set<std::string> due(const Moment& moment, TimePoint event_time) const;
  AlertTurn turn(alerts::Notice notice, const alerts::Transition& present, const Moment& moment, TimePoint now);
  std::vector<storage::OutboxMessage> messages_of(const alerts::NoticeDecision& decision, std::string_view occasion,
                                                  TimePoint now) const;
  std::vector<SentDigest> send_digests(TimePoint event_time, TimePoint now);
  void supersede_missed(const alerts::Transition& resolved, TimePoint now);
  alerts::MessageContext context() const;

  storage::Connection& connection_;
  const ApplierOptions& options_;
  storage::AlertWriter alerts_;
  storage::Notices notices_;
  storage::Outbox outbox_;
  alerts::OpenNotices open_;
  std::vector<storage::DigestRow> digests_;  // not sent yet
};

}  // namespace tapewatch
