#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection.hpp"

namespace tapewatch::storage {

struct SourceStatus {
  std::string source;
  std::optional<TimePoint> last_success, last_error_at;
  std::string last_error;
  std::int64_t successes = 0, errors = 0;  ///< contacts, not documents
};

/// Whether each source was heard, as history: what `coverage` is made of. Writes inside the caller's Transaction.
class SourceHealth {
 public:
  SourceHealth(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// The source answered at `at` and need not be heard again before `at + valid_for` (its polling interval, with
  /// slack).
  void success(std::string_view source, TimePoint at, std::chrono::milliseconds valid_for);
  void failure(std::string_view source, TimePoint at, std::string_view error);
  std::vector<SourceStatus> all() const;
  /// For each bucket edges[i] … edges[i+1] the share of bucket × sources that was covered, in [0,1]; nothing where no
  /// source has ever reported. `sources` empty: all that have reported. Time after `now` is left out of the bucket.
  std::vector<std::optional<double>> coverage(std::span<const TimePoint> edges, std::span<const std::string> sources,
                                              TimePoint now) const;

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
