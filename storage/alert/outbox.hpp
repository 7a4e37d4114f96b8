#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// A message for one webhook. Its id is the `webhook-id` header: the same across retries.
struct OutboxMessage {
  std::string id, webhook, type, alert_id, body;  ///< alert_id "": not ordered relative to others
  TimePoint created_at{};
};

/// pending → delivered | exhausted (gave up) | disabled (endpoint switched off) | superseded (no longer needed)
struct OutboxRow {
  std::int64_t number = 0;  ///< key of the delivery
  OutboxMessage message;
  std::string state;
  unsigned attempts = 0;
  std::optional<TimePoint> first_attempt_at, last_attempt_at;
  TimePoint next_attempt_at{};
  int last_status = 0;  ///< HTTP status, 0 without a response
  std::string last_error;
};

/// The result of one attempt, as the delivery policy decided on it.
struct Attempt {
  TimePoint at{};
  int status = 0;
  std::string error;
  std::string outcome;                       ///< delivered retry exhausted disabled
  std::optional<TimePoint> next_attempt_at;  ///< with "retry"
  std::int64_t duration_ms = 0;
};

struct DeliveryAttempt {
  std::int64_t number = 0;
  unsigned attempt = 0;
  Attempt result;
};

/// An alert that resolved before its firing reached this endpoint: the resolved message that waits behind it.
struct MissedAlert {
  std::int64_t resolved_number = 0;
  OutboxMessage resolved;
  unsigned firing_attempts = 0;
};

/// What a webhook was told last of an alert that fires.
struct ActiveMessage {
  std::int64_t number = 0;
  std::string body;
};

struct OutboxCount {
  std::string webhook;
  std::int64_t pending = 0;
  std::optional<TimePoint> oldest_pending;  ///< created_at
};

struct DeliveryQuery {
  std::string webhook, state, alert_id;  ///< "": any
  std::size_t limit = 100;
  std::string cursor;
};
struct DeliveryPage {
  std::vector<OutboxRow> items;
  std::optional<std::string> next_cursor;
};

/// Outgoing messages. They are ordered per alert and endpoint: a message is due only when no earlier one of its alert
/// to the same endpoint is pending. Const members work on a reader; the others on the writer, inside the caller's
/// Transaction.
class Outbox {
 public:
  explicit Outbox(Connection& connection) : connection_(connection) {}

  /// Messages that can be sent now, longest waiting first; `webhook` "": of any.
  std::vector<OutboxRow> due(std::string_view webhook, TimePoint now, std::size_t limit) const;
  /// When the next message becomes due, among those that no other message blocks.
  std::optional<TimePoint> next_due(std::string_view webhook) const;
  std::optional<OutboxRow> find(std::int64_t number) const;
  std::vector<DeliveryAttempt> attempts(std::int64_t number) const;
  /// Newest first. Throws std::invalid_argument on a bad cursor.
  DeliveryPage list(const DeliveryQuery& query) const;
  /// Only webhooks with pending messages.
  std::vector<OutboxCount> counts() const;
  /// Firings that never arrived (pending, exhausted, disabled) whose alert has resolved since, with the resolved
  /// message that is still to be sent; empty `webhook` or `alert_id`: of any.
  std::vector<MissedAlert> missed(std::string_view webhook, std::size_t limit, std::string_view alert_id = "") const;
  /// Whether an earlier message of the alert is still to be sent to the webhook, or kept because that is off.
  bool is_waiting(std::string_view alert_id, std::string_view webhook) const;
  /// The newest message of each alert that fires, as written for this webhook, the newest first, a page of those with a
  /// number below `below`; none while the webhook is off.
  std::vector<ActiveMessage> active(std::string_view webhook, std::size_t limit,
                                    std::int64_t below = std::numeric_limits<std::int64_t>::max()) const;
  /// When the newest heartbeat of a webhook was written.
  std::optional<TimePoint> last_heartbeat(std::string_view webhook) const;
  /// Why the endpoint is off, or nothing.
  std::optional<std::string> disabled_reason(std::string_view webhook) const;

  /// Returns the number of the delivery. A message to a webhook that is switched off goes to its fallback as well.
  std::int64_t enqueue(const OutboxMessage& message, TimePoint now);
  /// A heartbeat: those of the webhook that still wait are superseded by it.
  void enqueue_heartbeat(const OutboxMessage& message, TimePoint now);
  /// Gives a message that is given up to another webhook, or to the one that stands in for it, under its id. Only what
  /// tells of an alert's beginning or end and digests are passed on, and what that webhook was told of itself is not
  /// told again.
  void pass_on(std::int64_t number, std::string_view fallback, TimePoint now);
  /// Writes the delivery log and updates the message. A message already delivered stays so.
  void record_attempt(std::int64_t number, const Attempt& attempt);
  /// One success: everything that waits for this endpoint is due now. Returns how many.
  std::int64_t flush(std::string_view webhook, TimePoint now);
  /// The alert is over: where "it fires" has arrived, a message that says so again is not sent any more.
  void drop_repeats(std::string_view alert_id);
  /// Sends the resolved message with this body (`missed: true`); earlier messages of its alert are never sent.
  void supersede(std::int64_t resolved_number, std::string_view body, TimePoint now);
  /// Pending messages become disabled, and so do new ones, until enable(); `fallback`, where not empty, gets them.
  void disable(std::string_view webhook, std::string_view reason, std::string_view fallback, TimePoint now);
  /// Who gets the messages of a webhook that is switched off, from now on.
  void set_fallback(std::string_view webhook, std::string_view fallback);
  void enable(std::string_view webhook, TimePoint now);
  /// Retries an exhausted or disabled message from the start. False if there is none with this number.
  bool retry(std::int64_t number, TimePoint now);

 private:
  std::int64_t insert(const OutboxMessage& message, TimePoint now);
  /// Whoever was told of the beginning in place of a webhook is told of the end, although that one is on again.
  void pass_on_end(std::int64_t number, const OutboxMessage& resolved, TimePoint now);
  /// The webhook that stands in for one that is switched off: the first of its chain that is not; "": none.
  std::string stand_in(std::string webhook) const;

  Connection& connection_;
};

}  // namespace tapewatch::storage
