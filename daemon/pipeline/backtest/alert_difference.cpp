#include "daemon/pipeline/backtest/alert_difference.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "config/notation/json_writer.hpp"

namespace tapewatch {
namespace {

using Key = std::map<std::string, std::string>;
/// The alerts of each series. A series has one alert at a time, so its spans do not overlap.
using BySeries = std::map<std::pair<std::string, Key>, std::vector<const FiredAlert*>>;

BySeries by_series(const std::vector<FiredAlert>& alerts) {
  BySeries series;
  for (const FiredAlert& alert : alerts) series[{alert.firing.rule, alert.firing.key}].push_back(&alert);
  return series;
}

bool ends_before(const FiredAlert& first, const FiredAlert& second) {
  return first.ended_at && *first.ended_at < second.firing.started_at;
}

bool share_a_moment(const FiredAlert& a, const FiredAlert& b) { return !ends_before(a, b) && !ends_before(b, a); }

bool has_counterpart(const FiredAlert& alert, const BySeries& others) {
  const auto series = others.find({alert.firing.rule, alert.firing.key});
  return series != others.end() && std::any_of(series->second.begin(), series->second.end(),
                                               [&](const FiredAlert* other) { return share_a_moment(alert, *other); });
}

}  // namespace

AlertDifference difference(const std::vector<FiredAlert>& now, const std::vector<FiredAlert>& before) {
  AlertDifference found;
  const BySeries new_series = by_series(now), old_series = by_series(before);
  for (const FiredAlert& alert : now) {
    if (has_counterpart(alert, old_series)) {
      ++found.same;
    } else {
      ++found.gained;
      found.changes.push_back({true, &alert});
    }
  }
  for (const FiredAlert& alert : before) {
    if (has_counterpart(alert, new_series)) continue;
    ++found.lost;
    found.changes.push_back({false, &alert});
  }
  const auto order = [](const AlertDifference::Change& change) {
    const alerts::Transition& firing = change.alert->firing;
    using Order = std::tuple<alerts::TimePoint, const std::string&, const Key&, bool>;
    return Order(firing.started_at, firing.rule, firing.key, change.gained);
  };
  std::stable_sort(found.changes.begin(), found.changes.end(),
                   [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return found;
}

std::string change_json(const AlertDifference::Change& change) {
  notation::JsonWriter json;
  json.begin_object().field("change", change.gained ? "gained" : "lost");
  append_fired_alert(json, *change.alert);
  return json.end_object().take();
}

}  // namespace tapewatch
