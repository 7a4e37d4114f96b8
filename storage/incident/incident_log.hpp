#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Why the numbers of an interval are not what they seem. storage/schema/views.md says for each what its interval is.
enum class IncidentKind {
  source_down,
  ingestion_paused,
  daemon_down,
  clock_jump,
  late_backlog,
  model_changed,
  rules_changed,
  dead_lettered
};
inline constexpr std::array<std::string_view, 8> kIncidentKinds = {"source_down",   "ingestion_paused", "daemon_down",
                                                                   "clock_jump",    "late_backlog",     "model_changed",
                                                                   "rules_changed", "dead_lettered"};
inline std::string_view to_string(IncidentKind kind) { return kIncidentKinds[static_cast<std::size_t>(kind)]; }

/// An interval on the axis that documents count on (min(published, received)), half open.
struct IncidentSpan {
  std::string source;  ///< "": of all
  TimePoint from{}, to{};
  std::optional<std::int64_t> documents;  ///< nothing: incident_view counts them
  std::string detail;                     ///< for people; never what a document says
};

struct IncidentOptions {
  /// Dead letters, late documents and jumps of the clock that lie no further apart are one incident.
  std::chrono::milliseconds gap = std::chrono::minutes{15};
  std::size_t most_detail_bytes = 2'000;
};

/// Writes the table `incident`, inside the caller's Transaction, so that an incident stands where what it tells of
/// does. When sources were down and tapewatch was stopped is not written here: see RunLog and incident_view. Throws
/// StorageError.
class IncidentLog {
 public:
  explicit IncidentLog(Connection& connection, IncidentOptions options = {})
      : connection_(connection), options_(options) {}

  void note(IncidentKind kind, const IncidentSpan& span, TimePoint now);
  /// An incident that lasts, unless one of the kind does already.
  void open(IncidentKind kind, TimePoint from, std::string_view detail, TimePoint now);
  /// Ends what lasts of the kind.
  void close(IncidentKind kind, TimePoint to);
  /// One incident with those of the kind and source that lie no further apart than `gap`; its documents are theirs too.
  void merge(IncidentKind kind, const IncidentSpan& span, TimePoint now);
  /// Forgets those that were noted after this place in the sequence.
  void forget_after(IncidentKind kind, std::int64_t seq);

  /// A document or record dated `at`, until flush() merged with others of the batch; then written like merge().
  void gather(IncidentKind kind, const std::string& source, TimePoint at);
  void flush(TimePoint now);
  /// After a roll-back.
  void drop_gathered() { gathered_.clear(); }

 private:
  struct Gathered {
    IncidentKind kind;
    IncidentSpan span;
  };
  bool touch(const IncidentSpan& span, TimePoint from, TimePoint to) const {
    return from <= span.to + options_.gap && to >= span.from - options_.gap;
  }

  Connection& connection_;
  const IncidentOptions options_;
  std::vector<Gathered> gathered_;
};

}  // namespace tapewatch::storage
