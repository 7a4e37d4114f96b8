#include "storage/document/watch_log.hpp"

#include <algorithm>

#include "storage/clock.hpp"
#include "storage/mark.hpp"

namespace tapewatch::storage {
namespace {

constexpr std::string_view kWatchListKept = "watch_list_kept";  // 1: an earlier watch list is known

bool covers(TimePoint from, TimePoint to, TimePoint wanted_from, TimePoint wanted_to) {
  return from <= wanted_from && to >= wanted_to;
}

bool has_documents(Connection& connection) {
  auto read = connection.prepare("SELECT 1 FROM document LIMIT 1");
  return read.step();
}

}  // namespace

void WatchLog::add(const std::string& entity, TimePoint from, TimePoint to, TimePoint now, bool filled) {
  auto insert = connection_.prepare(
      "INSERT INTO watch_span (entity, from_ms, to_ms, seq, noted_at, filled) VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(1, entity)
      .bind(2, from == TimePoint::min() ? std::nullopt : std::optional(from))
      .bind(3, to == TimePoint::max() ? std::nullopt : std::optional(to))
      .bind(4, Clock(connection_).last_seq())
      .bind(5, now)
      .bind(6, filled);
  insert.run();
}

void WatchLog::set(const std::set<std::string>& entities, TimePoint now) {
  const bool first = !read_mark(connection_, kWatchListKept);
  const TimePoint from = first || !has_documents(connection_) ? TimePoint::min() : now;
  std::set<std::string> before;
  {
    auto read = connection_.prepare("SELECT entity FROM watch_span WHERE to_ms IS NULL AND filled = 0");
    while (read.step()) before.insert(read.text(0));
  }
  for (const std::string& entity : entities) {
    if (!before.contains(entity)) add(entity, from, TimePoint::max(), now, false);
  }
  for (const std::string& entity : before) {
    if (entities.contains(entity)) continue;
    connection_.prepare("UPDATE watch_span SET to_ms = ?2 WHERE entity = ?1 AND to_ms IS NULL AND filled = 0")
        .bind_all(entity, now)
        .run();
  }
  if (!first) return;
  std::vector<std::string> gone;  // off the list, with news from when they were on it
  {
    auto read = connection_.prepare("SELECT id FROM entity");
    while (read.step()) {
      if (!entities.contains(read.text(0))) gone.push_back(read.text(0));
    }
  }
  for (const std::string& entity : gone) add(entity, TimePoint::min(), now, now, false);
  raise_mark(connection_, kWatchListKept, 1);
}

std::optional<std::vector<WatchLog::Span>> WatchLog::spans(const std::string& entity,
                                                           std::optional<std::int64_t> as_of) const {
  auto read = connection_.prepare(
      "SELECT from_ms, to_ms, seq <= coalesce(?2, seq) FROM watch_span WHERE entity = ?1 ORDER BY from_ms");
  read.bind(1, entity).bind(2, as_of);
  bool any = false;
  std::vector<Span> merged;
  while (read.step()) {
    any = true;
    if (!read.flag(2)) continue;
    const Span span{read.is_null(0) ? TimePoint::min() : read.time(0),
                    read.is_null(1) ? TimePoint::max() : read.time(1)};
    if (!merged.empty() && span.from <= merged.back().to) {
      merged.back().to = std::max(merged.back().to, span.to);
    } else {
      merged.push_back(span);
    }
  }
  return any ? std::optional(std::move(merged)) : std::nullopt;
}

TimePoint WatchLog::kept_from(TimePoint from) const {
  const auto swept = read_mark(connection_, kSweptBefore);
  return swept ? std::max(from, from_ms(*swept)) : from;
}

std::vector<UnreadPast> WatchLog::unread(TimePoint from, TimePoint to) const {
  std::vector<UnreadPast> pasts;
  {
    auto read = connection_.prepare(
        "SELECT entity, from_ms, seq FROM watch_span WHERE to_ms IS NULL AND filled = 0 AND from_ms IS NOT NULL ORDER "
        "BY entity");
    while (read.step()) pasts.push_back({read.text(0), read.time(1), read.integer(2)});
  }
  const TimePoint kept = kept_from(from);
  std::erase_if(pasts, [&](const UnreadPast& past) {
    const TimePoint end = std::min(to, past.watched_from);
    if (kept >= end) return true;
    const auto read = spans(past.entity, std::nullopt);
    return read && std::any_of(read->begin(), read->end(),
                               [&](const Span& span) { return covers(span.from, span.to, kept, end); });
  });
  return pasts;
}

void WatchLog::fill(std::span<const UnreadPast> companies, TimePoint from, TimePoint to, TimePoint now) {
  const TimePoint kept = kept_from(from);
  for (const UnreadPast& past : companies) {
    const TimePoint end = std::min(to, past.watched_from);
    if (kept < end) add(past.entity, kept, end, now, true);
  }
}

std::vector<bool> WatchLog::watched(std::span<const std::string> entities, std::span<const TimePoint> edges,
                                    std::optional<std::int64_t> as_of) const {
  std::vector<bool> all(edges.size() - 1, true);
  for (const std::string& entity : entities) {
    const auto read = spans(entity, as_of);
    if (!read) continue;
    auto span = read->begin();
    for (std::size_t i = 0; i < all.size(); ++i) {
      while (span != read->end() && span->to <= edges[i]) ++span;
      if (span == read->end() || !covers(span->from, span->to, edges[i], edges[i + 1])) all[i] = false;
    }
  }
  return all;
}

}  // namespace tapewatch::storage
