#include "storage/sentiment/company_series.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "storage/connection/transaction.hpp"

namespace tapewatch::storage {

std::optional<CompanySeries> CompanySeries::of(Connection& connection, const SentimentQuery& query) {
  CompanySeries series(connection, query);
  if (!series.is_by_company_alone()) return std::nullopt;
  const ReadTransaction snapshot(connection);
  series.find_companies();
  if (series.points() > query.max_points) return std::nullopt;
  const auto several = series.find_versions();
  if (!several) return std::nullopt;
  series.several_versions_ = *several;
  series.head_ = answer_head(connection, query);
  return series;
}

std::size_t CompanySeries::most_points(Connection& connection, const SentimentQuery& query) {
  CompanySeries series(connection, query);
  if (!series.is_by_company_alone()) return 0;
  series.find_companies();
  return series.points();
}

bool CompanySeries::is_by_company_alone() const {
  const bool alone = query_.by_entity && !query_.by_topic && !query_.by_source;
  return alone && !plan_.raw && !plan_.rescored && query_.percentiles.empty();
}

std::string CompanySeries::conditions() const {
  std::string sql = fmt::format(" AND r.minute >= {} AND r.minute < {}", to_ms(query_.edges.front()) / kMinuteMs,
                                to_ms(query_.edges.back()) / kMinuteMs);
  if (!plan_.topic_keys.empty()) sql += " AND r.topic IN " + plan_.topic_keys;
  if (!plan_.source_keys.empty()) sql += " AND r.source IN " + plan_.source_keys;
  if (plan_.model) sql += fmt::format(" AND r.model = {}", *plan_.model);
  return sql;
}

void CompanySeries::find_companies() {
  const std::string which = plan_.entity_keys.empty() ? "" : "e.key IN " + plan_.entity_keys + " AND ";
  auto read = connection_->prepare(
      fmt::format("SELECT e.id, e.key FROM entity e WHERE {}EXISTS (SELECT 1 FROM {} r WHERE r.entity = e.key{})",
                  which, kRollupEntity.stored, conditions()));
  while (read.step()) companies_.emplace_back(read.text(0), read.integer(1));
  std::sort(companies_.begin(), companies_.end());
}

std::optional<bool> CompanySeries::find_versions() {
  if (plan_.model) return false;
  // A quarter hour of folded minutes may stand before the first document of its version.
  const std::int64_t slack = kQuarterMinutes * kMinuteMs;
  std::vector<std::int64_t> versions;
  auto read = connection_->prepare("SELECT key FROM model WHERE id <> '' AND first_at < ? AND last_at >= ?");
  read.bind(1, to_ms(query_.edges.back()) + slack).bind(2, to_ms(query_.edges.front()) - slack);
  while (read.step()) versions.push_back(read.integer(0));
  if (versions.size() < 2) return false;
  std::size_t found = 0;
  for (const std::int64_t version : versions) {
    const bool counts = std::any_of(companies_.begin(), companies_.end(), [&](const auto& company) {
      auto row = connection_->prepare(
          fmt::format("SELECT 1 FROM {} r WHERE r.entity = ? AND r.model = ? AND r.documents <> 0{} LIMIT 1",
                      kRollupEntity.stored, conditions()));
      return row.bind_all(company.second, version).step();
    });
    if (counts && ++found == 2) return true;
  }
  return std::nullopt;
}

std::optional<SentimentSeries> CompanySeries::next() {
  while (next_ < companies_.size()) {
    SentimentPlan plan = plan_;
    plan.entity_keys = fmt::format("({})", companies_[next_++].second);
    SeriesSums sums(query_);
    read_rollups(*connection_, query_, plan, sums);
    auto series = sums.finish(*connection_, several_versions_);
    if (!series.empty()) return std::move(series.front());
  }
  return std::nullopt;
}

}  // namespace tapewatch::storage
