#include "storage/source_health.hpp"

#include <algorithm>
#include <map>

namespace tapewatch::storage {

void SourceHealth::success(std::string_view source, TimePoint at, std::chrono::milliseconds valid_for) {
  connection_
      .prepare(
          "INSERT INTO source_status (source, last_success, successes) VALUES (?1, ?2, 1) "
          "ON CONFLICT DO UPDATE SET last_success = ?2, successes = successes + 1")
      .bind_all(source, at)
      .run();
  const TimePoint until = at + valid_for;
  auto extend = connection_.prepare(
      "UPDATE source_span SET until = max(until, ?3) WHERE source = ?1 AND until >= ?2 AND since = "
      "(SELECT max(since) FROM source_span WHERE source = ?1)");
  extend.bind_all(source, at, until).run();
  if (connection_.changes() > 0) return;
  connection_
      .prepare(
          "INSERT INTO source_span (source, since, until) VALUES (?, ?, ?) "
          "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)")
      .bind_all(source, at, until)
      .run();
}

void SourceHealth::failure(std::string_view source, TimePoint at, std::string_view error) {
  connection_
      .prepare(
          "INSERT INTO source_status (source, last_error_at, last_error, errors) VALUES (?1, ?2, ?3, 1) "
          "ON CONFLICT DO UPDATE SET last_error_at = ?2, last_error = ?3, errors = errors + 1")
      .bind_all(source, at, error.substr(0, options_.max_error_bytes))
      .run();
}

std::vector<SourceStatus> SourceHealth::all() const {
  auto read = connection_.prepare(
      "SELECT source, last_success, last_error_at, last_error, successes, errors FROM source_status ORDER BY source");
  std::vector<SourceStatus> rows;
  while (read.step()) {
    rows.push_back(
        {read.text(0), read.optional_time(1), read.optional_time(2), read.text(3), read.integer(4), read.integer(5)});
  }
  return rows;
}

std::vector<std::optional<double>> SourceHealth::coverage(std::span<const TimePoint> edges,
                                                          std::span<const std::string> sources, TimePoint now) const {
  std::vector<std::optional<double>> shares(edges.empty() ? 0 : edges.size() - 1);
  if (shares.empty()) return shares;
  struct Heard {
    TimePoint first;  // a source is not missed before it was first heard
    std::vector<std::pair<TimePoint, TimePoint>> spans;
  };
  std::map<std::string, Heard> heard;
  auto read = connection_.prepare("SELECT source, since, until FROM source_span ORDER BY source, since");
  while (read.step()) {
    if (!sources.empty() && std::find(sources.begin(), sources.end(), read.view(0)) == sources.end()) continue;
    auto& entry = heard.try_emplace(read.text(0), Heard{read.time(1), {}}).first->second;
    if (read.time(2) > edges.front() && read.time(1) < edges.back())
      entry.spans.emplace_back(read.time(1), read.time(2));
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const TimePoint end = std::min(edges[i + 1], now);
    std::int64_t wanted = 0, covered = 0;
    for (const auto& [source, entry] : heard) {
      const TimePoint begin = std::max(edges[i], entry.first);
      if (begin >= end) continue;
      wanted += (end - begin).count();
      for (const auto& [since, until] : entry.spans) {
        covered += std::max<std::int64_t>(0, (std::min(until, end) - std::max(since, begin)).count());
      }
    }
    if (wanted > 0) shares[i] = static_cast<double>(covered) / static_cast<double>(wanted);
  }
  return shares;
}

}  // namespace tapewatch::storage
