#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct DetectorState {
  std::string rule, key, blob;  ///< blob: bytes of the alerts island, opaque here
};

/// A place in the sequence before which event time leapt: the state that the detector had there can be restored.
struct DetectorMark {
  std::int64_t seq = 0;                 ///< the last row before the leap
  std::optional<TimePoint> event_time;  ///< T there; nothing before the first row
  TimePoint leapt_to{};
};

/// Which mark is looked for.
struct MarkQuery {
  TimePoint to{};                                 ///< T at the mark was no later
  std::optional<std::chrono::milliseconds> leap;  ///< a leap of at least this length explains how far T is ahead
  std::int64_t most_seq = 0;                      ///< of the mark
  std::string_view definition;                    ///< of the rules, as given to mark()
};

/// The detector's memory, one row per series, committed with the rows that changed it. Parts that change after a mark
/// are kept as they were at it, so that a mark costs what has changed since, at most the state itself. There are at
/// most `kMostMarks`; the smallest leaps are forgotten first.
class DetectorStateStore {
 public:
  static constexpr std::int64_t kMostMarks = 8;
  static constexpr std::chrono::days kMarkLasts{40};  ///< event time after the leap

  explicit DetectorStateStore(Connection& connection) : connection_(connection) { reload(); }
  /// After a roll-back.
  void reload();
  /// In order of (rule, key).
  std::vector<DetectorState> load_all() const;
  /// Of one rule, in order of key.
  std::vector<DetectorState> load(std::string_view rule) const;
  /// An empty blob deletes the row: the series has nothing to remember.
  void save(std::string_view rule, std::string_view key, std::string_view blob);

  /// What is saved now is the state at the mark. `definition`: of the rules; a mark of others is
  /// never found.
  void mark(const DetectorMark& mark, std::string_view definition);
  /// Of the marks that fit, the first whose leap is long enough; without one the last.
  std::optional<DetectorMark> find_mark(const MarkQuery& query) const;
  /// Makes the state what it was at the mark. Later marks are forgotten.
  void rewind(std::int64_t mark_seq);
  /// Deletes the state and all marks.
  void clear();
  void forget_marks();
  /// Forgets the marks where a state that they keep shows this title, which is to be erased.
  void forget_marks_with(std::string_view title);

 private:
  void keep_before(std::string_view rule, std::string_view key);
  void forget(std::int64_t mark_seq);

  Connection& connection_;
  std::optional<std::int64_t> latest_;  // mark
};

}  // namespace tapewatch::storage
