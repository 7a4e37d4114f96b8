#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/time_point.hpp"

namespace tapewatch::storage {

/// A company with stored news from before it was watched, which has not been read for it.
struct UnreadPast {
  std::string entity;
  TimePoint watched_from{};
  std::int64_t seq = 0;  ///< of the clock then: documents up to it came before
};

/// The table `watch_span`: the times whose news has been read for a company, because it was on the watch list or later.
/// Of a company without a row nothing is known, and it counts as watched always. Throws StorageError.
class WatchLog {
 public:
  explicit WatchLog(Connection& connection) : connection_(connection) {}

  /// The watch list from `now` on. The first one of a database, and one without documents, counts for all time before.
  /// Inside the caller's Transaction.
  void set(const std::set<std::string>& entities, TimePoint now);
  /// What lies in [from, to), by the time that documents count at, and has not been read. TimePoint::min() and max():
  /// no bound.
  std::vector<UnreadPast> unread(TimePoint from, TimePoint to) const;
  /// The documents of [from, to) that are stored have been read for them. Inside the caller's Transaction.
  void fill(std::span<const UnreadPast> companies, TimePoint from, TimePoint to, TimePoint now);
  /// Whether the whole of each bucket has been read for all of the companies. `as_of`: as it was at this row of the
  /// sequence.
  std::vector<bool> watched(std::span<const std::string> entities, std::span<const TimePoint> edges,
                            std::optional<std::int64_t> as_of) const;

 private:
  struct Span {
    TimePoint from{}, to{};
  };
  /// In order of their starts, those that touch merged. Nothing: there is no row.
  std::optional<std::vector<Span>> spans(const std::string& entity, std::optional<std::int64_t> as_of) const;
  /// Retention has deleted the documents before.
  TimePoint kept_from(TimePoint from) const;
  void add(const std::string& entity, TimePoint from, TimePoint to, TimePoint now, bool filled);

  Connection& connection_;
};

}  // namespace tapewatch::storage
