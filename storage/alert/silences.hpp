#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Alerts that nobody is notified of for a time. By wall time.
struct SilenceRow {
  std::string id;  ///< 24 hex digits
  bool configured = false;
  std::map<std::string, std::vector<std::string>> match;
  TimePoint from{}, to{};  ///< `to` as it was asked for
  std::string by, comment, token;
  TimePoint created_at{};
  std::optional<TimePoint> ended_at;  ///< ended early
  std::string ended_by;               ///< the token, or "configuration"

  /// When it ends, or has ended.
  TimePoint until() const { return ended_at ? std::min(*ended_at, to) : to; }
  /// pending active expired
  std::string_view state(TimePoint now) const;
};

struct SilenceQuery {
  std::optional<std::string> state;  ///< pending active expired; nothing: any
  TimePoint now{};                   ///< at which the state is told
  std::size_t limit = 100;           ///< at most 1,000
  std::string cursor;
};

struct SilencePage {
  std::vector<SilenceRow> items;  ///< newest first
  std::optional<std::string> next_cursor;
};

/// What following the configuration has changed.
struct ConfiguredChange {
  std::vector<SilenceRow> added, ended;
};

/// What became of an attempt to end a silence.
enum class SilenceEnd { ended, unknown, configured, over };

/// The table `silence`. A silence is never deleted, it ends. Const members work on a reader, the others inside the
/// caller's Transaction. Throws StorageError.
class Silences {
 public:
  explicit Silences(Connection& connection) : connection_(connection) {}

  /// Stores one under a new id, which it returns.
  std::string add(const SilenceRow& row);
  /// Ends one early. Those of the configuration are ended there.
  SilenceEnd end(std::string_view id, std::string_view by, TimePoint now);
  /// Makes those of the configuration what it says: new ones are added under the ids they bring, those that it no
  /// longer holds end, those that it holds again go on. One that is over is passed over.
  ConfiguredChange configure(std::span<const SilenceRow> rows, TimePoint now);

  std::optional<SilenceRow> find(std::string_view id) const;
  /// Those in force at a time, oldest first.
  std::vector<SilenceRow> active(TimePoint at) const;
  /// The next time after `now` at which one begins or ends.
  std::optional<TimePoint> next_change(TimePoint now) const;
  /// Throws std::invalid_argument for a bad cursor.
  SilencePage list(const SilenceQuery& query) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
