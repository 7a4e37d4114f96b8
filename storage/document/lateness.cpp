// Tested by tests/daemon/api/why_not_api_test.cpp
#include "storage/document/lateness.hpp"

#include "storage/connection/query_builder.hpp"

namespace tapewatch::storage {

Lateness read_lateness(Connection& connection, const LatenessQuery& query) {
  QueryBuilder where;
  where.where("d.at > ? AND d.at <= ?", {to_ms(query.from), to_ms(query.to)});
  for (const auto& [dimension, id] : query.key) {
    if (dimension == "topic") where.where("d.vote_topic = (SELECT key FROM topic WHERE id = ?)", {id});
    if (dimension == "source") where.where("d.source = (SELECT key FROM source WHERE id = ?)", {id});
    if (dimension == "entity") {
      where.where(
          "EXISTS (SELECT 1 FROM document_entity m JOIN entity e ON e.key = m.entity WHERE m.document = d.id AND "
          "e.id = ?)",
          {id});
    }
  }
  auto read = connection.prepare(
      "SELECT count(*), count(*) FILTER (WHERE id > " + std::to_string(query.seen) +
      "), count(*) FILTER (WHERE late) FROM (SELECT d.id, d.late FROM document d WHERE d.removed IS NULL" +
      where.conditions() + ")");
  where.bind(read);
  Lateness found;
  if (read.step()) found = {read.integer(0), read.integer(1), read.integer(2)};
  return found;
}

}  // namespace tapewatch::storage
