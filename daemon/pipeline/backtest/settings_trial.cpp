// Tested by tests/daemon/pipeline/backtest/advice_test.cpp
#include "daemon/pipeline/backtest/settings_trial.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "daemon/pipeline/backtest/alert_difference.hpp"

namespace tapewatch {
namespace {

constexpr std::array<double, 7> kBudgetFactors = {0.1, 0.2, 0.5, 1, 2, 5, 10};
constexpr std::array<std::size_t, 6> kTriedMinStories = {2, 3, 5, 8, 12, 20};

std::vector<alerts::RuleOptions> rules_of(const alerts::RuleOptions& rule, std::span<const TriedSetting> settings) {
  std::vector<alerts::RuleOptions> rules(settings.size(), rule);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    rules[i].name = std::to_string(i);
    rules[i].false_alarms = settings[i].budget;
    rules[i].min_stories = settings[i].min_stories;
  }
  return rules;
}

/// The judged alert in place of one that a setting fired: `rule` is the setting's.
FiredAlert as_fired(const storage::JudgedAlert& judged, const std::string& rule) {
  FiredAlert out;
  out.firing.alert_id = judged.id;
  out.firing.rule = rule;
  const auto key = boost::json::parse(judged.key_json);  // what alerts::key_json() wrote
  for (const auto& [dimension, id] : key.as_object()) out.firing.key[std::string(dimension)] = id.as_string();
  out.firing.started_at = judged.started_at;
  out.ended_at = judged.ended_at;
  return out;
}

}  // namespace

std::vector<TriedSetting> tried_settings(const alerts::RuleOptions& rule) {
  if (rule.measure == alerts::Measure::story) return {};
  std::vector<TriedSetting> settings = {{rule.false_alarms, rule.min_stories, true}};
  std::vector<std::size_t> counts = {rule.min_stories};
  if (alerts::applies("min_stories", rule.measure)) {
    for (const std::size_t count : kTriedMinStories) {
      if (count != rule.min_stories) counts.push_back(count);
    }
  }
  for (const std::size_t count : counts) {
    for (const double factor : kBudgetFactors) {
      if (factor == 1.0 && count == rule.min_stories) continue;
      settings.push_back({{rule.false_alarms.count * factor, rule.false_alarms.per}, count, false});
    }
  }
  return settings;
}

SettingsTrial::SettingsTrial(const alerts::RuleOptions& rule, std::span<const TriedSetting> settings,
                             const alerts::DetectorOptions& options)
    : settings_(settings), detector_(rules_of(rule, settings), options), fired_(settings.size()) {}

void SettingsTrial::take(const std::vector<alerts::Transition>& told) {
  for (const alerts::Transition& transition : told) fired_.at(std::stoul(transition.rule)).add({transition});
}

std::size_t SettingsTrial::series() const {
  return detector_.counters().series / std::max<std::size_t>(settings_.size(), 1);
}

std::vector<TriedResult> SettingsTrial::results(std::span<const storage::JudgedAlert> judged,
                                                storage::TimePoint from) const {
  std::vector<TriedResult> out;
  for (std::size_t i = 0; i < settings_.size(); ++i) {
    std::vector<FiredAlert> fired, before;
    for (const FiredAlert& alert : fired_[i].all()) {
      if (!alert.ended_at || *alert.ended_at >= from) fired.push_back(alert);
    }
    for (const storage::JudgedAlert& alert : judged) before.push_back(as_fired(alert, std::to_string(i)));
    const AlertDifference changes = difference(fired, before);
    TriedResult result{settings_[i], fired.size(), 0, 0, {}, changes.gained};
    std::set<std::string> lost;
    for (const auto& change : changes.changes) {
      if (!change.gained) lost.insert(change.alert->firing.alert_id);
    }
    for (const storage::JudgedAlert& alert : judged) {
      if (lost.contains(alert.id)) {
        result.lost.push_back(alert.id);
      } else {
        result.useful_kept += alert.verdict == "useful" ? 1 : 0;
        result.noise_kept += alert.verdict == "noise" ? 1 : 0;
      }
    }
    out.push_back(std::move(result));
  }
  return out;
}

}  // namespace tapewatch
