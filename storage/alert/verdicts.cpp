#include "storage/alert/verdicts.hpp"

namespace tapewatch::storage {

namespace {

/// The last verdict on alert `a`, NULL where there is none.
constexpr std::string_view kLastVerdict =
    "(SELECT k.verdict FROM acknowledgement k WHERE k.alert = a.number AND k.verdict IS NOT NULL "
    "ORDER BY k.number DESC LIMIT 1)";
/// When alert `a` first fired, wall time; NULL where it never did. One that a calendar keeps back fires twice.
constexpr std::string_view kStoredFiring =
    "(SELECT min(t.stored_at) FROM alert_transition t WHERE t.alert = a.number AND t.type = 'alert.firing')";

VerdictCounts counts_of(Statement& read) {
  VerdictCounts counts;
  if (read.step()) counts = {read.integer(0), read.integer(1), read.integer(2), read.integer(3)};
  return counts;
}

std::string count_query(std::string_view rest) {
  return "SELECT count(*), count(*) FILTER (WHERE v = 'useful'), count(*) FILTER (WHERE v = 'noise'), count(*) FILTER "
         "(WHERE v = 'duplicate') FROM (SELECT " +
         std::string(kLastVerdict) + " AS v, " + std::string(kStoredFiring) +
         " AS fired_at FROM alert a WHERE a.rule = ?1 AND a.late = 0" + std::string(rest);
}

}  // namespace

VerdictCounts Verdicts::of_alerts_begun(std::string_view rule, TimePoint from, TimePoint to) const {
  auto read =
      connection_.prepare(count_query(" AND a.started_at >= ?2 AND a.started_at < ?3) WHERE fired_at IS NOT NULL"));
  read.bind_all(rule, from, to);
  return counts_of(read);
}

VerdictCounts Verdicts::of_alerts_stored(std::string_view rule, TimePoint from, TimePoint to) const {
  auto read = connection_.prepare(count_query(") WHERE fired_at >= ?2 AND fired_at < ?3"));
  read.bind_all(rule, from, to);
  return counts_of(read);
}

std::vector<JudgedAlert> Verdicts::alerts_begun(std::string_view rule, TimePoint from, TimePoint to) const {
  auto read = connection_.prepare("SELECT a.id, a.key, a.started_at, a.ended_at, " + std::string(kLastVerdict) +
                                  " FROM alert a WHERE a.rule = ?1 AND a.late = 0 AND a.started_at >= ?2 AND "
                                  "a.started_at < ?3 AND " +
                                  std::string(kStoredFiring) + " IS NOT NULL ORDER BY a.started_at, a.number");
  read.bind_all(rule, from, to);
  std::vector<JudgedAlert> alerts;
  while (read.step()) {
    alerts.push_back({read.text(0), read.text(1), read.time(2), read.optional_time(3), read.text(4)});
  }
  return alerts;
}

}  // namespace tapewatch::storage
