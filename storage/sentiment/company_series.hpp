#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/sentiment/sentiment_reader.hpp"
#include "storage/sentiment/sentiment_series.hpp"

namespace tapewatch::storage {

/// What SentimentReader::read() gives of a query that is grouped by company and by nothing else, one company after the
/// other, so that the first ones can be sent while the others are still to be read. Inside one read transaction of the
/// caller, which makes them one state of the database. One thread at a time. Throws StorageError.
class CompanySeries {
 public:
  /// Nothing where the query is answered only as a whole: another grouping, raw rows, percentiles, perhaps more points
  /// than it allows, or versions of the model of which only all points say whether several count.
  static std::optional<CompanySeries> of(Connection& connection, const SentimentQuery& query);
  /// The most points that the answer to such a query may have; 0: it is grouped otherwise, or from raw rows.
  static std::size_t most_points(Connection& connection, const SentimentQuery& query);

  /// All of the answer but its series.
  const SentimentResult& head() const { return head_; }
  /// In order of key; nothing after the last one.
  std::optional<SentimentSeries> next();

 private:
  CompanySeries(Connection& connection, const SentimentQuery& query)
      : connection_(&connection), query_(query), plan_(plan_for(connection, query)) {}

  bool is_by_company_alone() const;
  /// Those with something in the range: at least as many as have a series.
  void find_companies();
  std::size_t points() const { return companies_.size() * (query_.edges.size() - 1); }
  /// Whether several versions of the model count in the answer; nothing where that takes all points.
  std::optional<bool> find_versions();
  /// " AND …" of the query on rows r of the roll-up, but for the company.
  std::string conditions() const;

  Connection* connection_;
  SentimentQuery query_;
  SentimentPlan plan_;
  SentimentResult head_;
  bool several_versions_ = false;
  std::vector<std::pair<std::string, std::int64_t>> companies_;  ///< ids and keys, in order
  std::size_t next_ = 0;
};

}  // namespace tapewatch::storage
