#include "storage/incident/incident_reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/connection/query_builder.hpp"
#include "storage/document/page_cursor.hpp"

namespace tapewatch::storage {
namespace {

constexpr std::string_view kNewestFirst = " ORDER BY from_ms DESC, id DESC";

std::vector<QueryBuilder::Value> values_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::uint32_t fingerprint_of(const IncidentQuery& query) {
  Fingerprint fingerprint;
  fingerprint.add("incidents");
  for (const auto& kind : query.kinds) fingerprint.add(kind);
  fingerprint.add("of");
  for (const auto& source : query.sources) fingerprint.add(source);
  return fingerprint.value();
}

QueryBuilder conditions_of(const IncidentQuery& query) {
  QueryBuilder where;
  if (!query.kinds.empty()) where.where("kind IN " + marks(query.kinds.size()), values_of(query.kinds));
  if (!query.sources.empty()) {
    auto twice = values_of(query.sources);
    twice.insert(twice.end(), query.sources.begin(), query.sources.end());
    const std::string named = marks(query.sources.size());
    where.where("(source IS NULL OR source IN " + named +
                    " OR source IN (SELECT carrier FROM source_carrier WHERE source IN " + named + "))",
                std::move(twice));
  }
  if (query.from) where.where("(to_ms IS NULL OR to_ms > ?)", {to_ms(*query.from)});
  if (query.to) where.where("from_ms < ?", {to_ms(*query.to)});
  return where;
}

}  // namespace

IncidentPage list_incidents(Connection& connection, const IncidentQuery& query) {
  const std::uint32_t fingerprint = fingerprint_of(query);
  QueryBuilder where = conditions_of(query);
  PageCursor place{0, 0, fingerprint};  // key: where the last page ended; id: how many there begin at that moment
  if (!query.cursor.empty()) {
    const auto cursor = decode_cursor(query.cursor, fingerprint);
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
    place = *cursor;
    where.where("from_ms <= ?", {place.key});
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 1'000);
  // Documents are counted for the page only: the inner query does not ask for them.
  auto read = connection.prepare(
      "SELECT id, kind, source, from_ms, to_ms, documents, detail, noted_at FROM incident_view WHERE id IN (SELECT id "
      "FROM incident_view WHERE 1" +
      where.conditions() + std::string(kNewestFirst) + " LIMIT ? OFFSET ?)" + std::string(kNewestFirst));
  const int next = where.bind(read);
  read.bind(next, limit + 1).bind(next + 1, place.id);
  IncidentPage page;
  while (read.step()) {
    if (page.items.size() == limit) {
      const TimePoint last = page.items.back().from;
      const auto ties =
          std::count_if(page.items.begin(), page.items.end(), [&](const IncidentRow& row) { return row.from == last; });
      const bool same = !query.cursor.empty() && to_ms(last) == place.key;
      page.next_cursor = encode_cursor({to_ms(last), ties + (same ? place.id : 0), fingerprint});
      break;
    }
    IncidentRow row;
    row.id = read.text(0);
    row.kind = read.text(1);
    if (!read.is_null(2)) row.source = read.text(2);
    row.from = read.time(3);
    row.to = read.optional_time(4);
    row.documents = read.optional_integer(5);
    row.detail = read.text(6);
    row.noted_at = read.text(7);
    page.items.push_back(std::move(row));
  }
  return page;
}

}  // namespace tapewatch::storage
