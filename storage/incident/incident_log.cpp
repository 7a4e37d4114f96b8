#include "storage/incident/incident_log.hpp"

#include <algorithm>

namespace tapewatch::storage {
namespace {

constexpr const char* kInsertIncident =
    "INSERT INTO incident (kind, source, from_ms, to_ms, noted_at, seq, documents, detail) "
    "VALUES (?, ?, ?, ?, ?, (SELECT seq FROM clock), ?, ?)";

/// Incidents of no source have NULL there.
std::optional<std::string> named_source(const IncidentSpan& span) {
  return span.source.empty() ? std::nullopt : std::optional(span.source);
}

}  // namespace

void IncidentLog::note(IncidentKind kind, const IncidentSpan& span, TimePoint now) {
  const auto source = named_source(span);
  connection_.prepare(kInsertIncident)
      .bind_all(to_string(kind), source, span.from, span.to, now, span.documents,
                std::string_view(span.detail).substr(0, options_.most_detail_bytes))
      .run();
}

void IncidentLog::open(IncidentKind kind, TimePoint from, std::string_view detail, TimePoint now) {
  auto lasts = connection_.prepare("SELECT 1 FROM incident WHERE kind = ? AND to_ms IS NULL");
  if (lasts.bind(1, to_string(kind)).step()) return;
  connection_.prepare(kInsertIncident)
      .bind_all(to_string(kind), nullptr, from, nullptr, now, nullptr, detail.substr(0, options_.most_detail_bytes))
      .run();
}

void IncidentLog::close(IncidentKind kind, TimePoint to) {
  connection_.prepare("UPDATE incident SET to_ms = max(?2, from_ms + 1) WHERE kind = ?1 AND to_ms IS NULL")
      .bind_all(to_string(kind), to)
      .run();
}

void IncidentLog::merge(IncidentKind kind, const IncidentSpan& span, TimePoint now) {
  const auto source = named_source(span);
  std::optional<std::int64_t> first;
  IncidentSpan all = span;
  {
    auto near = connection_.prepare(
        "SELECT number, from_ms, to_ms, documents FROM incident WHERE kind = ?1 AND source IS ?2 AND from_ms <= ?3 AND "
        "to_ms >= ?4 ORDER BY number");
    near.bind_all(to_string(kind), source, span.to + options_.gap, span.from - options_.gap);
    while (near.step()) {
      if (!first) first = near.integer(0);
      all.from = std::min(all.from, near.time(1));
      all.to = std::max(all.to, near.time(2));
      all.documents = all.documents.value_or(0) + near.optional_integer(3).value_or(0);
    }
  }
  if (!first) return note(kind, span, now);
  connection_.prepare("UPDATE incident SET from_ms = ?2, to_ms = ?3, documents = ?4, noted_at = ?5 WHERE number = ?1")
      .bind_all(*first, all.from, all.to, all.documents, now)
      .run();
  connection_
      .prepare(
          "DELETE FROM incident WHERE kind = ?1 AND source IS ?2 AND from_ms >= ?3 AND to_ms <= ?4 AND number <> ?5")
      .bind_all(to_string(kind), source, all.from, all.to, *first)
      .run();
}

void IncidentLog::forget_after(IncidentKind kind, std::int64_t seq) {
  connection_.prepare("DELETE FROM incident WHERE kind = ? AND seq > ?").bind_all(to_string(kind), seq).run();
}

void IncidentLog::gather(IncidentKind kind, const std::string& source, TimePoint at) {
  const TimePoint to = at + std::chrono::milliseconds{1};
  const auto near = std::find_if(gathered_.begin(), gathered_.end(), [&](const Gathered& one) {
    return one.kind == kind && one.span.source == source && touch(one.span, at, to);
  });
  if (near == gathered_.end()) {
    gathered_.push_back({kind, {source, at, to, 1, {}}});
    return;
  }
  near->span.from = std::min(near->span.from, at);
  near->span.to = std::max(near->span.to, to);
  near->span.documents = near->span.documents.value_or(0) + 1;
}

void IncidentLog::flush(TimePoint now) {
  for (const Gathered& one : gathered_) merge(one.kind, one.span, now);
  gathered_.clear();
}

}  // namespace tapewatch::storage
