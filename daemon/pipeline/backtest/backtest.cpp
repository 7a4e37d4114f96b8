#include "daemon/pipeline/backtest/backtest.hpp"

#include <algorithm>

#include "alerts/detector/trend_detector.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "storage/clock.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

/// Feeds rows to the detector up to the end of the range.
class Run {
 public:
  explicit Run(const Backtest& backtest)
      : backtest_(backtest),
        detector_({backtest.rule}, backtest.detector),
        feed_(detector_, {backtest.detector.model_version, ""}, backtest.tags) {}

  /// False at the first row with which event time reaches the end.
  bool take(const storage::SequenceRow& row) {
    if (row.at >= backtest_.to) return false;
    const auto told = feed_.take(row);
    if (row.is_document() && row.at >= backtest_.from) ++(told ? result_.documents : result_.skipped);
    if (told) fired_.add(*told);
    return true;
  }

  BacktestResult result() && {
    for (const FiredAlert& alert : fired_.all()) {
      if (alert.firing.updated_at >= backtest_.from) result_.alerts.push_back(alert);
    }
    result_.series = detector_.counters().series;
    return std::move(result_);
  }

 private:
  const Backtest& backtest_;
  alerts::TrendDetector detector_;
  HistoryFeed feed_;
  FiredAlerts fired_;
  BacktestResult result_;
};

}  // namespace

std::optional<BacktestResult> run_backtest(storage::Connection& connection, const Backtest& backtest,
                                           const std::function<bool()>& is_over) {
  const storage::SequenceReader sequence(connection, {backtest.detector.model_version, ""});
  const auto event_time = storage::Clock(connection).event_time();
  const auto first = sequence.first_of(backtest.detector.model_version);
  BacktestResult nothing;
  nothing.from = nothing.to = backtest.from;
  if (!event_time || !first) return nothing;
  const TimePoint from = std::max(backtest.from, *first), to = std::min(backtest.to, *event_time);
  if (from >= to) return nothing;

  Run run(backtest);
  std::int64_t at = sequence.before(std::max<TimePoint>(*first, from - backtest.detector.history));
  for (bool more = true; more;) {
    const auto rows = sequence.after(at, backtest.page);
    if (rows.empty()) break;
    at = rows.back().seq;
    for (const auto& row : rows) {
      if (is_over()) return std::nullopt;
      more = run.take(row);
      if (!more) break;
    }
  }
  BacktestResult result = std::move(run).result();
  result.from = from;
  result.to = to;
  return result;
}

}  // namespace tapewatch
