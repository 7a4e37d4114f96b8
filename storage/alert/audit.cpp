#include "storage/alert/audit.hpp"

#include <algorithm>
#include <stdexcept>

#include "storage/connection/query_builder.hpp"
#include "storage/document/page_cursor.hpp"

namespace tapewatch::storage {

void Audit::append(const AuditEntry& entry) {
  connection_.prepare("INSERT INTO audit (at, who, role, action, target, detail) VALUES (?, ?, ?, ?, ?, ?)")
      .bind_all(entry.at, entry.who, entry.role, entry.action, entry.target, entry.detail_json)
      .run();
}

AuditPage Audit::list(const AuditQuery& query) const {
  const auto fingerprint =
      Fingerprint().add("audit").add(query.action.value_or("")).add(query.target.value_or("")).value();
  QueryBuilder where;
  if (query.action) where.where("action = ?", {*query.action});
  if (query.target) where.where("target = ?", {*query.target});
  if (query.from) where.where("at >= ?", {to_ms(*query.from)});
  if (query.to) where.where("at < ?", {to_ms(*query.to)});
  if (!query.cursor.empty()) {
    const auto cursor = decode_cursor(query.cursor, fingerprint);
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
    where.where("seq < ?", {cursor->id});
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 1'000);
  auto read = connection_.prepare("SELECT seq, at, who, role, action, target, detail FROM audit WHERE 1" +
                                  where.conditions() + " ORDER BY seq DESC LIMIT ?");
  read.bind(where.bind(read), limit + 1);
  AuditPage page;
  while (read.step()) {
    if (page.items.size() == limit) {
      page.next_cursor = encode_cursor({0, page.items.back().seq, fingerprint});
      break;
    }
    page.items.push_back(
        {read.integer(0), read.time(1), read.text(2), read.text(3), read.text(4), read.text(5), read.text(6)});
  }
  return page;
}

}  // namespace tapewatch::storage
