// Tested by tests/daemon/api/why_not_api_test.cpp
#include "daemon/pipeline/backtest/past_judgement.hpp"

#include <algorithm>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "storage/alert/detector_state.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

/// Of the state that the daemon's detector committed last. Nothing: it has none that fits the rule.
std::optional<FoundJudgement> present_judgement(storage::Connection& connection, const JudgementQuery& query) {
  FoundJudgement found;
  std::vector<alerts::SeriesState> states;
  {
    const storage::ReadTransaction snapshot(connection);
    states = to_series_states(storage::DetectorStateStore(connection).load(query.rule.name));
    found.seen = storage::Clock(connection).last_seq();
  }
  alerts::DetectorOptions options =
      query.detector;  // a new model judges by what its predecessor has taught for a while
  options.model_version = alerts::learned_model(states).value_or(options.model_version);
  alerts::TrendDetector detector({query.rule}, options);
  detector.restore(states);
  if (!detector.unfitted().empty()) return std::nullopt;
  found.judgement = detector.explain(query.rule.name, query.key).value_or(alerts::Judgement{});
  return found;
}

}  // namespace

std::optional<FoundJudgement> find_judgement(storage::Connection& connection, const JudgementQuery& query,
                                             const std::function<bool()>& is_over) {
  const storage::SequenceReader sequence(connection, {query.detector.model_version, ""});
  const TimePoint event_time = storage::Clock(connection).event_time().value_or(TimePoint::min());
  if (query.at > event_time - std::chrono::minutes{1}) {
    if (auto found = present_judgement(connection, query)) return found;
  }
  if (is_over()) return std::nullopt;
  const EntityTags tags = query.tags();
  FoundJudgement found;
  found.replayed = true;
  alerts::TrendDetector detector({query.rule}, query.detector);
  HistoryFeed feed(detector, {query.detector.model_version, ""}, tags);
  const TimePoint to = std::min(query.at, event_time);
  const auto first = sequence.first_of(query.detector.model_version);
  if (first && *first <= to) {
    found.seen = sequence.before(std::max<TimePoint>(*first, to - query.detector.history));
    for (bool more = true; more;) {
      const auto rows = sequence.after(found.seen, query.page);
      if (rows.empty()) break;
      for (const auto& row : rows) {
        if (is_over()) return std::nullopt;
        more = row.at <= to;
        if (!more) break;
        if (feed.take(row) && row.is_document()) ++found.documents;
        found.seen = row.seq;
      }
    }
    if (found.documents > 0) detector.tick(found.seen, to);
  }
  found.judgement = detector.explain(query.rule.name, query.key).value_or(alerts::Judgement{});
  return found;
}

}  // namespace tapewatch
