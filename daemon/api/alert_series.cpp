// Tested by tests/daemon/api/alert_chart_api_test.cpp
#include "daemon/api/alert_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "alerts/chart_span.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/rfc3339.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using storage::TimePoint;

constexpr std::size_t kMostBuckets = 96;
constexpr std::chrono::minutes kFolded{15};  // what retention leaves of minutes

/// Evidence as stored: JSON that this program wrote.
class StoredEvidence {
 public:
  explicit StoredEvidence(const std::string& text) {
    json::error_code error;
    parsed_ = json::parse(text, error);
  }
  const json::value* find(std::string_view name) const { return member(parsed_, name); }
  static const json::value* member(const json::value& value, std::string_view name) {
    const json::object* object = value.if_object();
    const json::value* found = object ? object->if_contains(name) : nullptr;
    return found && !found->is_null() ? found : nullptr;
  }
  static std::string text(const json::value* value) {
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  }
  static std::optional<double> number(const json::value* value) {
    json::error_code error;
    if (!value || !value->is_number()) return std::nullopt;
    return value->to_number<double>(error);
  }
  std::optional<TimePoint> time(std::string_view name) const { return notation::parse_rfc3339(text(find(name))); }

 private:
  json::value parsed_;
};

std::optional<double> at_place(const json::value& band, std::string_view name, std::size_t place) {
  const json::value* list = StoredEvidence::member(band, name);
  if (!list || !list->is_array() || place >= list->get_array().size()) return std::nullopt;
  return StoredEvidence::number(&list->get_array()[place]);
}

/// Where the chart begins, how long its stretches are, and what was expected of them.
void lay_out(AlertChart& chart, const StoredEvidence& evidence) {
  if (const json::value* band = evidence.find("band")) {
    const auto from = notation::parse_rfc3339(StoredEvidence::text(StoredEvidence::member(*band, "from")));
    const auto bucket = notation::parse_duration(StoredEvidence::text(StoredEvidence::member(*band, "bucket")));
    const json::value* expected = StoredEvidence::member(*band, "expected");
    if (from && bucket && *bucket >= std::chrono::minutes{1} && expected && expected->is_array()) {
      chart.from = *from;
      chart.bucket = std::chrono::floor<std::chrono::minutes>(*bucket);
      chart.buckets.resize(std::min(expected->get_array().size(), kMostBuckets));
      for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
        auto& one = chart.buckets[i];
        one.expected = at_place(*band, "expected", i);
        one.low = at_place(*band, "low", i);
        one.high = at_place(*band, "high", i);
      }
      return;
    }
  }
  const auto minute = [](TimePoint at) {
    return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
  };
  const std::int64_t last = minute(chart.alert_to);
  const auto span = alerts::chart_span(
      std::min({minute(evidence.time("window_start").value_or(chart.alert_from)), minute(chart.alert_from), last}),
      last);
  chart.from = TimePoint{std::chrono::minutes{span.first}};
  chart.bucket = std::chrono::minutes{span.bucket};
  chart.buckets.resize(alerts::ChartSpan::kBuckets);
}

/// A mean has one expected value, and a band where it was judged.
void expect_mean(AlertChart& chart, const StoredEvidence& evidence) {
  const auto expected = StoredEvidence::number(evidence.find("expected"));
  const json::value* interval = evidence.find("interval");
  const auto from = evidence.time("window_start"), to = evidence.time("window_end");
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    const TimePoint at = chart.from + chart.bucket * i;
    auto& bucket = chart.buckets[i];
    bucket.expected = expected;
    if (!interval || !interval->is_array() || interval->get_array().size() != 2 || !from || !to) continue;
    if (at + chart.bucket <= *from || at >= *to) continue;
    bucket.low = StoredEvidence::number(&interval->get_array()[0]);
    bucket.high = StoredEvidence::number(&interval->get_array()[1]);
  }
}

/// What has happened since the last transition belongs to the picture of an alert that fires; what is expected stays as
/// it was last known.
void extend_to(AlertChart& chart, TimePoint now) {
  const auto known = static_cast<std::int64_t>(chart.buckets.size()), most = static_cast<std::int64_t>(kMostBuckets);
  const std::int64_t needed = std::max<std::int64_t>((now - chart.from) / chart.bucket + 1, known);
  const std::int64_t dropped = std::max<std::int64_t>(needed - most, 0);
  const AlertChart::Bucket last = chart.buckets.back();
  chart.buckets.erase(chart.buckets.begin(), chart.buckets.begin() + std::min(dropped, known));
  chart.buckets.resize(static_cast<std::size_t>(needed - dropped), last);
  chart.from += chart.bucket * dropped;
}

/// Retention has folded the minutes of that time into quarter hours.
void coarsen(AlertChart& chart) {
  const auto parts = static_cast<std::size_t>(kFolded / chart.bucket);
  const TimePoint from =
      std::chrono::floor<std::chrono::milliseconds>(TimePoint{(chart.from.time_since_epoch() / kFolded) * kFolded});
  const std::size_t shift = static_cast<std::size_t>((chart.from - from) / chart.bucket);
  std::vector<AlertChart::Bucket> coarse((chart.buckets.size() + shift + parts - 1) / parts);
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    auto& into = coarse[(i + shift) / parts].expected;
    if (const auto expected = chart.buckets[i].expected) into = chart.mean ? *expected : into.value_or(0.0) + *expected;
  }
  chart.from = from;
  chart.bucket = kFolded;
  chart.buckets = std::move(coarse);
}

std::string caption_of(const AlertChart& chart, alerts::Measure measure, TimePoint told) {
  const std::string each = notation::duration_in_words(chart.bucket);
  const std::string at = notation::format_rfc3339(told).substr(0, 16) + "Z";
  const bool banded =
      std::any_of(chart.buckets.begin(), chart.buckets.end(), [](const auto& b) { return b.high.has_value(); });
  const bool known =
      std::any_of(chart.buckets.begin(), chart.buckets.end(), [](const auto& b) { return b.expected.has_value(); });
  switch (measure) {
    case alerts::Measure::mean_sentiment:
      return fmt::format("Mean sentiment per {}; dashed: expected, band: 95 % for the window judged, at {}.", each, at);
    case alerts::Measure::story:
      return fmt::format(
          "Negative stories per {}, whatever they tell. A grave story is told for itself: nothing was expected.", each);
    case alerts::Measure::negative_stories:
    case alerts::Measure::no_data:
      break;
  }
  const std::string_view what = measure == alerts::Measure::no_data ? "Stories" : "Negative stories";
  if (banded) {
    return fmt::format("{} per {}; dashed: expected, band: 95 % of it, as the rule knew at {}.", what, each, at);
  }
  if (known) return fmt::format("{} per {}; dashed: expected, as the rule knew at {}.", what, each, at);
  return fmt::format("{} per {}. What was expected of each is not known.", what, each);
}

std::vector<std::string> tagged(const std::vector<std::string>& tags, const ingest::EntityFinder* watched) {
  std::vector<std::string> ids;
  if (watched == nullptr) return ids;
  for (const auto& entity : watched->entities()) {
    const bool has = std::any_of(entity.tags.begin(), entity.tags.end(), [&](const std::string& tag) {
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    });
    if (has) ids.push_back(entity.id);
  }
  if (ids.empty()) ids.emplace_back();  // none: an id that no company has
  return ids;
}

}  // namespace

storage::SentimentQuery series_of(const storage::AlertRow& alert, const alerts::RuleOptions* rule,
                                  const ingest::EntityFinder* watched) {
  storage::SentimentQuery query;
  if (rule != nullptr) {
    query.topics = rule->where.topic;
    query.entities = rule->where.entity;
    query.sources = rule->where.source;
    if (query.entities.empty() && !rule->where.tag.empty()) query.entities = tagged(rule->where.tag, watched);
  }
  json::error_code error;
  const json::value key = json::parse(alert.key_json, error);
  const auto narrow = [&](std::string_view dimension, std::vector<std::string>& ids) {
    const json::value* id = error ? nullptr : StoredEvidence::member(key, dimension);
    if (id && id->is_string()) ids = {std::string(id->get_string())};
  };
  narrow("topic", query.topics);
  narrow("entity", query.entities);
  narrow("source", query.sources);
  return query;
}

AlertChart read_alert_chart(storage::Connection& connection, const storage::AlertRow& alert,
                            storage::SentimentQuery series) {
  const StoredEvidence evidence(alert.evidence_json);
  const auto measure = alerts::parse_measure(alert.measure).value_or(alerts::Measure::negative_stories);
  AlertChart chart;
  chart.title = StoredEvidence::text(evidence.find("summary"));
  if (chart.title.empty()) chart.title = alert.rule;
  chart.mean = measure == alerts::Measure::mean_sentiment;
  chart.open = alert.state != "resolved";
  chart.alert_from = alert.started_at;
  chart.alert_to = std::max(alert.ended_at.value_or(alert.updated_at), alert.started_at);
  lay_out(chart, evidence);
  if (chart.open && !chart.buckets.empty()) {
    extend_to(chart, storage::Clock(connection).event_time().value_or(alert.updated_at));
  }
  if (chart.mean) expect_mean(chart, evidence);

  const storage::SentimentReader reader(connection);
  const auto read = [&] {
    series.edges.clear();
    for (std::size_t i = 0; i <= chart.buckets.size(); ++i) series.edges.push_back(chart.from + chart.bucket * i);
    return reader.read(series);
  };
  auto result = read();
  if (result.folded_before && *result.folded_before > chart.from && chart.bucket < kFolded) {
    coarsen(chart);
    result = read();
  }
  for (auto& bucket : chart.buckets) {
    if (!chart.mean) bucket.value = 0.0;
  }
  for (const auto& one : result.series) {
    for (const auto& point : one.points) {
      auto& value = chart.buckets.at(point.bucket).value;
      if (chart.mean) {
        value = point.mean;
      } else {
        const std::int64_t stories = measure == alerts::Measure::no_data ? point.stories : point.negative_stories;
        value = static_cast<double>(stories);
      }
    }
  }
  chart.caption = caption_of(chart, measure, alert.updated_at);
  return chart;
}

}  // namespace tapewatch
