#include "tests/bench/detection/product_judge.hpp"

#include <chrono>

namespace tapewatch::bench {
namespace {

alerts::TimePoint time_of(std::int64_t ms) { return alerts::TimePoint{std::chrono::milliseconds{ms}}; }

/// Templates, so that versions of the product without time zones or calendars compile as well.
template <class Rule>
void keep_londons_clock(Rule& rule) {
  if constexpr (requires { rule.clock.changes; }) {
    rule.tz = "Europe/London";
    for (const auto& [from_ms, ahead_ms] : london_changes_ms()) {
      rule.clock.changes.push_back(
          {std::chrono::sys_seconds{std::chrono::seconds{from_ms / 1000}}, std::chrono::seconds{ahead_ms / 1000}});
    }
  }
}

template <class Rule>
constexpr bool has_calendar(const Rule&) {
  return requires(Rule rule) { rule.calendar_entries; };
}

template <class Rule>
void keep_holidays(Rule& rule, const RuleSetting& setting) {
  if constexpr (requires { rule.calendar_entries; }) {
    if (setting.holidays.empty()) return;
    auto& entry = rule.calendar_entries.emplace_back();
    entry.name = "holidays";
    for (const std::int64_t day : setting.holidays) {
      const std::chrono::local_days date{std::chrono::days{day}};
      entry.days.push_back({date, date});
    }
    if (setting.holidays_as_sundays) {
      entry.as = std::chrono::Sunday;
    } else {
      entry.learn = false;
    }
  }
}

alerts::RuleOptions rule_of(const RuleSetting& setting) {
  alerts::RuleOptions rule;
  rule.name = "simulated";
  rule.group_by = {"entity"};
  rule.false_alarms = setting.budget;
  rule.min_stories = setting.min_stories;
  std::erase_if(rule.windows, [&](auto window) { return window > setting.variant.longest_window; });
  if (setting.london) keep_londons_clock(rule);
  keep_holidays(rule, setting);
  return rule;
}

alerts::DetectorOptions with_model(alerts::DetectorOptions options, const alerts::SurgeModel& model) {
  options.surge_model = model;
  return options;
}

}  // namespace

bool rules_have_a_calendar() { return has_calendar(alerts::RuleOptions{}); }

alerts::Observation negative_row() {
  alerts::Observation row;
  row.topic = "earnings";
  row.source = "wire";
  row.label = alerts::Label::negative;
  row.sentiment = -0.9;
  row.p_negative = 0.93;
  row.title = "A headline";
  row.model_version = "simulated";
  row.entities.push_back({"", "A Company", alerts::Label::negative, -0.9, {}});
  return row;
}

ProductJudge::ProductJudge(const RuleSetting& setting, alerts::DetectorOptions options)
    : detector_({rule_of(setting)}, with_model(std::move(options), setting.variant.model)), row_(negative_row()) {
  for (int i = 0; i < setting.series; ++i) ids_.push_back("s" + std::to_string(i));
}

void ProductJudge::story(const Story& story) {
  row_.seq = row_.story_id = ++seq_;
  row_.at = time_of(story.at_ms);
  row_.entities.front().id = ids_[static_cast<std::size_t>(story.series)];
  note(detector_.observe(row_));
}

void ProductJudge::advance(std::int64_t to_ms) { note(detector_.tick(++seq_, time_of(to_ms))); }

void ProductJudge::note(const std::vector<alerts::Transition>& transitions) {
  for (const alerts::Transition& told : transitions) {
    if (told.late) continue;
    const int series = std::stoi(told.key.at("entity").substr(1));
    const std::int64_t at = told.updated_at.time_since_epoch().count();
    if (told.type == "alert.firing") verdicts.push_back({Verdict::Kind::opened, series, at, {}});
    if (told.type == "alert.updated") verdicts.push_back({Verdict::Kind::updated, series, at, {}});
    if (told.type == "alert.resolved") verdicts.push_back({Verdict::Kind::closed, series, at, told.reason});
  }
}

}  // namespace tapewatch::bench
