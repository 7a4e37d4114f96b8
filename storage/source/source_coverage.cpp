#include "storage/source/source_coverage.hpp"

#include <algorithm>
#include <set>

namespace tapewatch::storage {
namespace {

struct Span {
  TimePoint since, until;
};

constexpr TimePoint kStillAbsent = TimePoint::max();

Span common(const Span& a, const Span& b) { return {std::max(a.since, b.since), std::min(a.until, b.until)}; }

/// Adds the milliseconds of a span to the buckets in which they lie.
void add_to_buckets(const Span& span, std::span<const TimePoint> edges, std::vector<std::int64_t>& buckets) {
  if (span.since >= span.until) return;
  const auto after = std::upper_bound(edges.begin(), edges.end(), span.since);
  std::size_t bucket = after == edges.begin() ? 0 : static_cast<std::size_t>(after - edges.begin()) - 1;
  for (; bucket < buckets.size() && edges[bucket] < span.until; ++bucket) {
    const Span part = common(span, {edges[bucket], edges[bucket + 1]});
    buckets[bucket] += std::max<std::int64_t>(0, (part.until - part.since).count());
  }
}

std::vector<Span> read_spans(Statement& read) {
  std::vector<Span> spans;
  while (read.step()) spans.push_back({read.time(0), read.time(1)});
  return spans;
}

/// In order of time. Spans never overlap: a success within the latest span extends it.
std::vector<Span> heard_spans(Connection& connection, const std::string& source, const Span& range) {
  auto read = connection.prepare(
      "SELECT since, until FROM source_span WHERE source = ?1 AND since < ?3 AND since >= "
      "coalesce((SELECT max(since) FROM source_span WHERE source = ?1 AND since <= ?2), ?2) ORDER BY since");
  read.bind_all(source, range.since, range.until);
  return read_spans(read);
}

/// When within `range` the source was expected to answer: from its first report on, except during its absences.
std::vector<Span> wanted_spans(Connection& connection, const std::string& source, const Span& range) {
  auto first = connection.prepare("SELECT min(since) FROM source_span WHERE source = ?");
  if (!first.bind(1, source).step() || first.is_null(0)) return {};
  auto read = connection.prepare(
      "SELECT since, until FROM source_absence WHERE source = ? AND until > ? AND since < ? ORDER BY since");
  read.bind_all(source, range.since, range.until);
  std::vector<Span> wanted;
  TimePoint from = std::max(range.since, first.time(0));
  for (const Span& absence : read_spans(read)) {
    wanted.push_back({from, absence.since});
    from = std::max(from, absence.until);
  }
  wanted.push_back({from, range.until});
  return wanted;
}

/// The reporting sources that carry those `named`; all of them if none is named.
std::set<std::string> reporters(Connection& connection, std::span<const std::string> named) {
  std::set<std::string> found(named.begin(), named.end());
  if (named.empty()) {
    auto read = connection.prepare("SELECT source FROM source_status");
    while (read.step()) found.insert(read.text(0));
  }
  for (const std::string& source : named) {
    auto read = connection.prepare("SELECT carrier FROM source_carrier WHERE source = ?");
    read.bind(1, source);
    while (read.step()) found.insert(read.text(0));
  }
  return found;
}

}  // namespace

void SourceCoverage::success(std::string_view source, TimePoint at, std::chrono::milliseconds valid_for) {
  connection_
      .prepare(
          "INSERT INTO source_status (source, last_success, successes) VALUES (?1, ?2, 1) "
          "ON CONFLICT DO UPDATE SET last_success = ?2, successes = successes + 1")
      .bind_all(source, at)
      .run();
  const TimePoint until = at + valid_for;
  auto extend = connection_.prepare(
      "UPDATE source_span SET until = max(until, ?3), heard = ?2 WHERE source = ?1 AND until >= ?2 AND since = "
      "(SELECT max(since) FROM source_span WHERE source = ?1)");
  extend.bind_all(source, at, until).run();
  if (connection_.changes() > 0) return;
  connection_
      .prepare(
          "INSERT INTO source_span (source, since, until, heard) VALUES (?1, ?2, ?3, ?2) "
          "ON CONFLICT DO UPDATE SET until = max(until, excluded.until), heard = excluded.heard")
      .bind_all(source, at, until)
      .run();
}

void SourceCoverage::failure(std::string_view source, TimePoint at, std::string_view error) {
  connection_
      .prepare(
          "INSERT INTO source_status (source, last_error_at, last_error, errors) VALUES (?1, ?2, ?3, 1) "
          "ON CONFLICT DO UPDATE SET last_error_at = ?2, last_error = ?3, errors = errors + 1")
      .bind_all(source, at, error.substr(0, options_.max_error_bytes))
      .run();
  // A span of length zero means that the source was polled for the first time.
  connection_
      .prepare(
          "INSERT INTO source_span (source, since, until, heard) SELECT ?1, ?2, ?2, ?2 "
          "WHERE NOT EXISTS (SELECT 1 FROM source_span WHERE source = ?1)")
      .bind_all(source, at)
      .run();
}

void SourceCoverage::configure(std::span<const std::string> sources, TimePoint now) {
  for (const SourceContacts& known : all()) {
    const bool is_configured = std::find(sources.begin(), sources.end(), known.source) != sources.end();
    const char* change = is_configured
                             ? "UPDATE source_absence SET until = ?2 WHERE source = ?1 AND until = ?3"
                             : "INSERT INTO source_absence (source, since, until) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
                               "(SELECT 1 FROM source_absence WHERE source = ?1 AND (until = ?3 OR since = ?2))";
    connection_.prepare(change).bind_all(known.source, now, kStillAbsent).run();
  }
}

void SourceCoverage::carry(std::string_view source, std::string_view carrier) {
  connection_.prepare("INSERT OR IGNORE INTO source_carrier (source, carrier) VALUES (?, ?)")
      .bind_all(source, carrier)
      .run();
}

std::vector<SourceContacts> SourceCoverage::all() const {
  auto read = connection_.prepare(
      "SELECT source, last_success, last_error_at, last_error, successes, errors FROM source_status ORDER BY source");
  std::vector<SourceContacts> rows;
  while (read.step()) {
    rows.push_back(
        {read.text(0), read.optional_time(1), read.optional_time(2), read.text(3), read.integer(4), read.integer(5)});
  }
  return rows;
}

std::vector<std::optional<double>> SourceCoverage::coverage(std::span<const TimePoint> edges,
                                                            std::span<const std::string> sources, TimePoint now) const {
  std::vector<std::optional<double>> shares(edges.empty() ? 0 : edges.size() - 1);
  if (shares.empty()) return shares;
  const Span range{edges.front(), std::min(edges.back(), now)};
  std::vector<std::int64_t> wanted(shares.size()), covered(shares.size());
  for (const std::string& source : reporters(connection_, sources)) {
    const std::vector<Span> wanted_of = wanted_spans(connection_, source, range);
    if (wanted_of.empty()) continue;
    for (const Span& span : wanted_of) add_to_buckets(span, edges, wanted);
    for (const Span& heard : heard_spans(connection_, source, range)) {
      for (const Span& span : wanted_of) add_to_buckets(common(heard, span), edges, covered);
    }
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (wanted[i] > 0) shares[i] = static_cast<double>(covered[i]) / static_cast<double>(wanted[i]);
  }
  return shares;
}

}  // namespace tapewatch::storage
