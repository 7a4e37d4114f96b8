#include "storage/rescored/asked_rescoring.hpp"

namespace tapewatch::storage {
namespace {

std::optional<TimePoint> bound_of(TimePoint time, TimePoint none) {
  return time == none ? std::nullopt : std::optional(time);
}

}  // namespace

std::optional<RescoringQuery> asked_rescoring(Connection& connection) {
  auto read = connection.prepare("SELECT from_time, to_time, mentions FROM rescoring");
  if (!read.step()) return std::nullopt;
  RescoringQuery query;
  query.from = read.optional_time(0).value_or(query.from);
  query.to = read.optional_time(1).value_or(query.to);
  query.mentions = read.flag(2);
  return query;
}

void keep_rescoring(Connection& connection, const RescoringQuery& query) {
  connection.prepare("INSERT OR REPLACE INTO rescoring (id, from_time, to_time, mentions) VALUES (1, ?, ?, ?)")
      .bind_all(bound_of(query.from, TimePoint::min()), bound_of(query.to, TimePoint::max()), query.mentions)
      .run();
}

void forget_rescoring(Connection& connection) { connection.prepare("DELETE FROM rescoring").run(); }

}  // namespace tapewatch::storage
