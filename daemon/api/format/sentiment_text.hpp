#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/sentiment_query.hpp"

namespace tapewatch {

/// For each bucket the share of its time × sources that was covered; nothing where none was expected to answer.
using Coverage = std::vector<std::optional<double>>;

/// A series, and whether its companies were watched in each bucket; nothing where it is not of companies.
struct ToldSeries {
  storage::SentimentSeries series;
  std::optional<std::vector<bool>> watched;
};
/// One series after the other, in order of key; nothing after the last one.
using SeriesSource = std::function<std::optional<ToldSeries>()>;

/// Everything that an answer of /v1/sentiment is written from.
struct SentimentAnswer {
  SentimentRequest request;
  storage::SentimentResult head;             ///< all but the series
  std::map<std::string, Coverage> coverage;  ///< by source where grouped by source, else under ""
  SeriesSource series;
  WallTime now;

  const std::vector<WallTime>& edges() const { return request.query.edges; }
  std::size_t buckets() const { return edges().size() - 1; }
  const Coverage& coverage_of(const storage::SentimentSeries& one) const;
};

/// The text of an answer as JSON, CSV or NDJSON, part by part, so that a year of a hundred companies is not held as
/// text. One thread at a time. Throws what its source of series throws.
class SentimentText {
 public:
  static constexpr std::size_t kPointsOfPart = 5'000;  ///< about 1 MB of JSON

  explicit SentimentText(SentimentAnswer answer);
  /// The next part; nothing after the last one.
  std::optional<std::string> next(std::size_t points = kPointsOfPart);
  bool is_over() const { return over_; }

 private:
  const storage::SentimentSeries& series() const { return told_->series; }
  /// Whether there is a series to write on; begins the next one where the last one is at its end.
  bool has_series();
  /// The point of the place that has been reached; nothing at the end of the series.
  const storage::SentimentPoint* point();
  void begin();
  void begin_series();
  void append(const storage::SentimentPoint& point);
  void end_series();
  void end();
  void append_json(const storage::SentimentPoint& point);
  bool was_watched(const storage::SentimentPoint& point) const;
  /// Nothing is known of it: there is nothing, and nobody has looked.
  bool is_unknown(const storage::SentimentPoint& point) const;
  void append_sums(const storage::SentimentPoint& point);
  void append_percentiles(const storage::SentimentPoint& point);
  void append_csv(const storage::SentimentPoint& point);
  bool is_series_json() const { return answer_.request.format == Format::json && answer_.request.by_series; }

  const SentimentAnswer answer_;
  std::vector<std::string> percentiles_;  ///< names, "p5"
  std::optional<ToldSeries> told_;        ///< the series that has been begun
  std::size_t bucket_ = 0, stored_ = 0;   ///< stored_: of its points, the next
  const Coverage* coverage_ = nullptr;    ///< of it
  bool begun_ = false, over_ = false;
  storage::SentimentPoint empty_;  ///< what a bucket without news shows
  notation::JsonWriter json_;
  CsvLine line_;
  std::string csv_;
};

}  // namespace tapewatch
