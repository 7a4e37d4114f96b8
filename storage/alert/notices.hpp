#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/alert/alert_writer.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// What people were told of an alert.
struct NoticeRow {
  std::string alert_id, rule;
  bool open = true;                         ///< the alert fires
  bool update_held = false;                 ///< a step was not told, because something suppressed it
  std::set<std::string> told;               ///< webhooks that a message "it fires" was written for
  std::optional<TimePoint> announced_at;    ///< wall time from which on people were to know of it
  std::optional<TimePoint> announced_time;  ///< event time of the same moment
  std::optional<TimePoint> told_at;         ///< wall time of the last message "it fires"
  std::int64_t repeats = 0;
  std::string raised_to;               ///< severity; "": as its rule says
  std::optional<std::int64_t> digest;  ///< number of the digest that it is told in; stays once it is set
  /// Of the alert as it is stored; read, never written here.
  std::string severity, key_json, labels_json, suppressed_by;
};

/// Alerts of one rule that are told together. By event time.
struct DigestRow {
  std::int64_t number = 0;
  std::string rule;
  TimePoint since{}, until{};
};

/// The tables `notice` and `digest`. Const members work on a reader, the others inside the caller's Transaction. Throws
/// StorageError.
class Notices {
 public:
  explicit Notices(Connection& connection) : connection_(connection) {}

  /// Those of the alerts that fire.
  std::vector<NoticeRow> open() const;
  void save(const NoticeRow& row);
  /// How many alerts of a rule were announced in event time (after, until].
  std::size_t announced(std::string_view rule, TimePoint after, TimePoint until) const;
  bool is_acknowledged(std::string_view alert_id) const;

  /// The number of the rule's digest that is not sent yet; where there is none, one of that span begins.
  std::int64_t digest_of(std::string_view rule, TimePoint since, TimePoint until);
  /// Those that are not sent yet.
  std::vector<DigestRow> digests() const;
  /// The alerts of a digest as they are now, in the order in which they began.
  std::vector<AlertRow> digested(std::int64_t number) const;
  void digest_sent(std::int64_t number, TimePoint at);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
