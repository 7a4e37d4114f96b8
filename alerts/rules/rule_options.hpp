#pragma once
// A rule's options (`[[alerts.rule]]`). Header only: the configuration reads these types without linking the island.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/notification/mute_options.hpp"
#include "alerts/rules/calendar_options.hpp"
#include "alerts/rules/clock_options.hpp"
#include "alerts/rules/gravity.hpp"

namespace tapewatch::alerts {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// What a rule watches its series for: a surge of negative stories, a fall of the mean sentiment of their stories, each
/// grave story, silence. What a story's vote is, says `vote_of`.
enum class Measure { negative_stories, mean_sentiment, story, no_data };
inline constexpr std::array<std::string_view, 4> kMeasures = {"negative_stories", "mean_sentiment", "story", "no_data"};

inline std::string_view to_string(Measure measure) { return kMeasures[static_cast<std::size_t>(measure)]; }

/// The documents that a rule selects; an empty list selects everything. Values are ids.
struct Selection {
  std::vector<std::string> topic;
  std::vector<std::string> entity;
  std::vector<std::string> tag;  ///< of the watched entities
  std::vector<std::string> source;
};

/// The expected number of false alarms that all series of a rule together may raise in a period.
struct FalseAlarmBudget {
  double count = 1.0;
  std::chrono::milliseconds per = std::chrono::hours{24 * 7};

  double a_week() const {
    return count * static_cast<double>(std::chrono::milliseconds{std::chrono::hours{24 * 7}}.count()) /
           static_cast<double>(per.count());
  }
};

/// An alert that fires for so long, acknowledged by nobody, is as grave as that from then on.
struct Escalation {
  std::chrono::milliseconds after{};
  std::string severity;
  bool operator==(const Escalation&) const = default;
};

/// How many alerts of a rule people are told of within a period; see Notice.
struct AlertLimit {
  std::size_t count = 1;
  std::chrono::milliseconds per{};
  bool operator==(const AlertLimit&) const = default;
};

struct RuleOptions {
  std::string name;
  Selection where;
  std::vector<std::string> group_by = {"topic"};  ///< of topic, entity, source; empty: one series for the selection
  Measure measure = Measure::negative_stories;
  FalseAlarmBudget false_alarms;
  /// Of the measure `story`, which tells of the stories for which each of these holds that is given.
  std::optional<Gravity> min_gravity;  ///< of the risk event that the story's first document tells of
  std::vector<std::string> events;     ///< the event is one of these
  std::optional<double> min_negative;  ///< the document is negative, with at least this P(negative) - P(positive)
  bool usual_gravity = false;          ///< nobody gave `min_gravity`: see set_usual_gravity
  std::size_t min_stories = 5;         ///< no alert on fewer distinct counted stories in the window
  std::chrono::milliseconds resolve_after = std::chrono::minutes{30};  ///< calm for this long before it is over
  std::chrono::milliseconds pending_for{0};  ///< how long it must stay over the limit before firing
  std::chrono::milliseconds cool_down = std::chrono::minutes{15};  ///< after an episode nothing fires for this long
  /// Whole minutes up to three hours, whole hours up to a week.
  std::vector<std::chrono::milliseconds> windows = {
      std::chrono::minutes{5}, std::chrono::minutes{15}, std::chrono::hours{1},  std::chrono::hours{3},
      std::chrono::hours{8},   std::chrono::hours{24},   std::chrono::hours{72}, std::chrono::hours{168}};
  std::string tz = "UTC";             ///< an IANA zone: the hour of the week and the days of the calendar are its
  LocalClock clock;                   ///< of `tz`: the configuration fills it in
  std::vector<std::string> calendar;  ///< names of the calendars that the rule keeps
  std::vector<CalendarEntry> calendar_entries;  ///< theirs: the configuration fills them in
  std::string severity = "critical";
  std::string escalated_severity;  ///< from a second, larger surge within an alert on; empty: stays `severity`
  std::string runbook_url;
  std::map<std::string, std::string> labels;
  std::vector<MuteTime> mute;                       ///< on the clock of `tz`
  std::optional<std::chrono::milliseconds> repeat;  ///< between two messages while it fires and nobody acknowledges it
  std::optional<Escalation> escalate;
  std::optional<AlertLimit> max_alerts;
};

/// The range of a duration, both ends included.
struct DurationBounds {
  std::chrono::milliseconds least, most;
  constexpr bool hold(std::chrono::milliseconds duration) const { return least <= duration && duration <= most; }
};
inline constexpr DurationBounds kResolveAfterBounds{std::chrono::minutes{1}, std::chrono::hours{48}};
inline constexpr DurationBounds kPendingForBounds{std::chrono::milliseconds{0}, std::chrono::hours{24}};
inline constexpr DurationBounds kCoolDownBounds{std::chrono::milliseconds{0}, std::chrono::hours{168}};
inline constexpr DurationBounds kWindowBounds{std::chrono::minutes{1}, std::chrono::hours{168}};
inline constexpr std::chrono::hours kLongestWindowInMinutes{3};
inline constexpr DurationBounds kRepeatBounds{std::chrono::minutes{5}, std::chrono::hours{168}};
inline constexpr DurationBounds kEscalateAfterBounds{std::chrono::minutes{1}, std::chrono::hours{168}};
inline constexpr std::size_t kMostMaxAlerts = 100'000;

inline constexpr std::array<std::string_view, 4> kSeverities = {"critical", "error", "warning", "info"};
/// Whether the first of two severities is the graver one; they are listed from the gravest on.
inline bool is_graver(std::string_view severity, std::string_view than) {
  return std::find(kSeverities.begin(), kSeverities.end(), severity) <
         std::find(kSeverities.begin(), kSeverities.end(), than);
}
inline constexpr std::array<std::string_view, 3> kDimensions = {"topic", "entity", "source"};

inline std::optional<Measure> parse_measure(std::string_view text) {
  const auto known = std::find(kMeasures.begin(), kMeasures.end(), text);
  if (known == kMeasures.end()) return std::nullopt;
  return static_cast<Measure>(known - kMeasures.begin());
}

/// Whether a key of a rule means anything to its measure. A grave story is told without statistics; silence has one
/// length, which follows from the budget.
inline bool applies(std::string_view key, Measure measure) {
  if (key == "min_gravity" || key == "events" || key == "min_negative") return measure == Measure::story;
  if (key == "escalated_severity") return measure == Measure::negative_stories;
  if (key == "min_stories" || key == "windows") return measure != Measure::story && measure != Measure::no_data;
  if (key == "false_alarms" || key == "pending_for" || key == "cool_down") return measure != Measure::story;
  return true;
}

/// The series of a rule that does not say how it groups: a grave story is about a company, it is sources that fall
/// silent.
inline std::vector<std::string> usual_group_by(Measure measure) {
  if (measure == Measure::story) return {"entity"};
  if (measure == Measure::no_data) return {"source"};
  return {"topic"};
}

inline bool gives_condition(const RuleOptions& rule) {
  return rule.min_gravity || !rule.events.empty() || rule.min_negative;
}

/// A rule of the measure `story` that does not say which stories it tells of takes the grave ones.
inline void set_usual_gravity(RuleOptions& rule) {
  if (rule.measure != Measure::story || gives_condition(rule)) return;
  rule.min_gravity = Gravity::grave;
  rule.usual_gravity = true;
}

/// For a model that tells no risk events: a story that is negative beyond doubt takes the place of the usual gravity. A
/// rule that asks for risk events stays as it is.
inline void without_risk_events(RuleOptions& rule) {
  constexpr double kBeyondDoubt = 0.95;
  if (!rule.usual_gravity) return;
  rule.min_gravity.reset();
  rule.usual_gravity = false;
  rule.min_negative = kBeyondDoubt;
}

/// The gravity from which on a rule tells of a story. One of the rule's events happens, so that it is minor at least.
inline Gravity least_gravity(const RuleOptions& rule) {
  return rule.min_gravity.value_or(rule.events.empty() ? Gravity::none : Gravity::minor);
}

/// "1 per week", "0.5 per day", "2 per hour", "1 per month" (30 days), "1 per year" (365 days); nullopt for anything
/// else.
inline std::optional<FalseAlarmBudget> parse_false_alarms(std::string_view text) {
  using std::chrono::hours;
  constexpr std::array<std::pair<std::string_view, int>, 5> kPeriods = {
      {{"hour", 1}, {"day", 24}, {"week", 168}, {"month", 720}, {"year", 8760}}};
  FalseAlarmBudget budget;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), budget.count);
  if (error != std::errc{} || !(budget.count > 0.0) || budget.count > 1e6) return std::nullopt;
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  constexpr std::string_view kPer = " per ";
  if (rest.substr(0, kPer.size()) != kPer) return std::nullopt;
  rest.remove_prefix(kPer.size());
  for (const auto& [name, length] : kPeriods) {
    if (rest == name) {
      budget.per = hours{length};
      return budget;
    }
  }
  return std::nullopt;
}

/// "5 per day": a whole number, and the periods of parse_false_alarms(); nullopt for anything else.
inline std::optional<AlertLimit> parse_alert_limit(std::string_view text) {
  const auto limit = parse_false_alarms(text);
  if (!limit || limit->count < 1.0 || limit->count > static_cast<double>(kMostMaxAlerts)) return std::nullopt;
  const auto count = static_cast<std::size_t>(limit->count);
  if (static_cast<double>(count) != limit->count) return std::nullopt;
  return AlertLimit{count, limit->per};
}

inline constexpr std::size_t kMostCalendarEntries = 64;

/// Why an entry could never concern a series of the rule; nullopt where it can.
inline std::optional<std::string> never_applies(const CalendarEntry& entry, const RuleOptions& rule) {
  using Texts = std::vector<std::string>;
  const auto holds = [](const Texts& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  const auto check = [&](const Texts& wanted, const Texts& selected,
                         const std::string& dimension) -> std::optional<std::string> {
    const auto is_wanted = [&](const std::string& value) { return holds(wanted, value); };
    const bool grouped = holds(rule.group_by, dimension);
    if (wanted.empty() || (grouped && selected.empty())) return std::nullopt;
    if (grouped && std::any_of(selected.begin(), selected.end(), is_wanted)) return std::nullopt;
    if (!selected.empty() && std::all_of(selected.begin(), selected.end(), is_wanted)) return std::nullopt;
    return "the calendar '" + entry.name + "' has an entry for " + dimension + " \"" + wanted.front() +
           "\", which is about no series of the rule: group_by neither has " + dimension +
           ", nor does where select only such; leave the " + dimension +
           " out of the entry, or the calendar out of the rule";
  };
  if (auto why = check(entry.topic, rule.where.topic, "topic")) return why;
  if (auto why = check(entry.entity, rule.where.entity, "entity")) return why;
  return check(entry.source, rule.where.source, "source");
}

/// What is wrong with the calendar of a rule, its entries filled in.
inline std::optional<std::string> calendar_problem(const RuleOptions& rule) {
  if (rule.calendar_entries.size() > kMostCalendarEntries) return "the calendars of a rule hold at most 64 entries";
  for (const CalendarEntry& entry : rule.calendar_entries) {
    if (const auto wrong = validate(entry)) return "the calendar '" + entry.name + "': " + *wrong;
    if (auto why = never_applies(entry, rule)) return why;
    if (rule.measure == Measure::mean_sentiment && !entry.learn) {
      return "the calendar '" + entry.name +
             "' has learn = false, which is not in this version for the measure mean_sentiment; leave it out";
    }
  }
  return std::nullopt;
}

/// What is wrong with when people are told.
inline std::optional<std::string> telling_problem(const RuleOptions& rule) {
  if (!rule.mute.empty()) {
    if (auto wrong = validate(rule.mute)) return wrong;
  }
  if (rule.repeat && !kRepeatBounds.hold(*rule.repeat)) return "repeat is out of bounds";
  if (!rule.escalate) return std::nullopt;
  const auto& [after, severity] = *rule.escalate;
  if (!kEscalateAfterBounds.hold(after)) return "escalate.after is out of bounds";
  if (std::find(kSeverities.begin(), kSeverities.end(), severity) == kSeverities.end()) {
    return "escalate.severity is one of critical, error, warning, info, not \"" + severity + "\"";
  }
  if (!is_graver(severity, rule.severity)) {
    return "escalate raises nothing: its severity \"" + severity + "\" is not graver than the rule's \"" +
           rule.severity + "\"; the gravest is critical, then error, warning, info";
  }
  return std::nullopt;
}

inline constexpr std::size_t kMostEvents = 64;

/// What is wrong with which stories a rule tells of.
inline std::optional<std::string> condition_problem(const RuleOptions& rule) {
  if (rule.min_negative && !(*rule.min_negative > 0.0 && *rule.min_negative <= 1.0)) {
    return "min_negative is above 0 and at most 1";
  }
  if (rule.min_gravity == Gravity::none) return "min_gravity is minor, serious or grave";
  if (rule.events.size() > kMostEvents) return "events names more than 64 events";
  for (auto event = rule.events.begin(); event != rule.events.end(); ++event) {
    if (event->empty()) return "events holds an event without a name";
    if (std::find(rule.events.begin(), event, *event) != event) return "events names \"" + *event + "\" twice";
  }
  if (rule.measure == Measure::story && !gives_condition(rule)) {
    return "the measure story needs min_gravity, events or min_negative";
  }
  return std::nullopt;
}

/// What is wrong with a rule, for its author; nullopt when it is valid.
inline std::optional<std::string> validate(const RuleOptions& rule) {
  using namespace std::chrono_literals;
  constexpr std::size_t kMaxLabelsBytes = 4096;
  if (rule.name.empty()) return "a rule needs a name";
  if (rule.name.size() > 200) return "the name is longer than 200 bytes";
  if (std::find(kSeverities.begin(), kSeverities.end(), rule.severity) == kSeverities.end()) {
    return "severity is one of critical, error, warning, info, not \"" + rule.severity + "\"";
  }
  if (!rule.escalated_severity.empty() &&
      std::find(kSeverities.begin(), kSeverities.end(), rule.escalated_severity) == kSeverities.end()) {
    return "escalated_severity is one of critical, error, warning, info, not \"" + rule.escalated_severity + "\"";
  }
  for (std::size_t i = 0; i < rule.group_by.size(); ++i) {
    const std::string& dimension = rule.group_by[i];
    if (std::find(kDimensions.begin(), kDimensions.end(), dimension) == kDimensions.end()) {
      return "group_by takes topic, entity and source, not \"" + dimension + "\"";
    }
    if (std::find(rule.group_by.begin(), rule.group_by.begin() + static_cast<std::ptrdiff_t>(i), dimension) !=
        rule.group_by.begin() + static_cast<std::ptrdiff_t>(i))
      return "group_by names \"" + dimension + "\" twice";
  }
  if (!(rule.false_alarms.count > 0.0) || rule.false_alarms.per <= 0ms) {
    return "false_alarms is a positive number per hour, day, week, month or year, such as \"1 per week\"";
  }
  if (auto wrong = condition_problem(rule)) return wrong;
  if (rule.min_stories < 1) return "min_stories is at least 1";
  if (!kResolveAfterBounds.hold(rule.resolve_after)) return "resolve_after is out of bounds";
  if (!kPendingForBounds.hold(rule.pending_for)) return "pending_for is out of bounds";
  if (!kCoolDownBounds.hold(rule.cool_down)) return "cool_down is out of bounds";
  if (rule.windows.empty() || rule.windows.size() > 8) return "windows holds one to eight lengths";
  for (const auto window : rule.windows) {
    if (!kWindowBounds.hold(window) || window % 1min != 0ms ||
        (window > kLongestWindowInMinutes && window % 1h != 0ms)) {
      return "a window is a whole number of minutes up to 3h or of hours up to 168h";
    }
  }
  if (rule.tz != "UTC" && rule.clock.changes.empty()) return "nothing is known of the time zone \"" + rule.tz + "\"";
  if (auto wrong = calendar_problem(rule)) return wrong;
  if (auto wrong = telling_problem(rule)) return wrong;
  std::size_t bytes = rule.runbook_url.size();
  for (const auto& [name, value] : rule.labels) bytes += name.size() + value.size();
  if (bytes > kMaxLabelsBytes) return "labels and runbook_url together are longer than 4096 bytes";
  return std::nullopt;
}

}  // namespace tapewatch::alerts
