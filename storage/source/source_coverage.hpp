#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct SourceContacts {
  std::string source;
  std::optional<TimePoint> last_success, last_error_at;
  std::string last_error;
  std::int64_t successes = 0, errors = 0;  ///< as reported here; not polls or documents
};

/// When each source was covered, as history: the basis of `coverage`. Writes inside the caller's Transaction. None of
/// these rows is part of the sequence.
class SourceCoverage {
 public:
  SourceCoverage(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// The source answered at `at` and counts as covered until `at + valid_for` (its polling interval, with
  /// slack).
  void success(std::string_view source, TimePoint at, std::chrono::milliseconds valid_for);
  /// Revokes nothing: what an earlier success covers stays covered. A source that has never answered is missing from
  /// its first failure on.
  void failure(std::string_view source, TimePoint at, std::string_view error);
  /// From `now` on only these sources are configured: removed sources that reported once do not count as missing.
  void configure(std::span<const std::string> sources, TimePoint now);
  /// Documents of `source` come through the configured source `carrier`, which may be another one.
  void carry(std::string_view source, std::string_view carrier);

  std::vector<SourceContacts> all() const;
  /// For each bucket edges[i] … edges[i+1] the share of bucket × sources that was covered, in [0,1]; nothing if no
  /// source was expected to answer. `sources` empty: all that have reported; else these, and those that carry them.
  /// Time after `now` is left out of the bucket.
  std::vector<std::optional<double>> coverage(std::span<const TimePoint> edges, std::span<const std::string> sources,
                                              TimePoint now) const;

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
