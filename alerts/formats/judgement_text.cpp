// Tested by tests/alerts/detector/judgement_test.cpp
#include <fmt/format.h>

#include <algorithm>

#include "alerts/detector/judgement.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/rfc3339.hpp"

namespace tapewatch::alerts {
namespace {

std::string stories_counted(double n) { return fmt::format("{:.0f} negative {}", n, n == 1.0 ? "story" : "stories"); }

/// How far a window is from an alarm: 1 is one.
double nearness(const WindowJudgement& window) {
  if (window.alarm) return 1.0 + 1.0 / std::max(window.p_value / std::max(window.p_threshold, 1e-300), 1e-300);
  if (!window.bound) return 0.0;
  if (!window.mean) return static_cast<double>(window.observed) / *window.bound;
  const double needed = window.mean->expected - *window.bound;
  return needed > 0.0 ? std::max(0.0, window.mean->expected - window.mean->observed) / needed : 0.0;
}

std::string why_not_judged(const Judgement& judgement) {
  const auto has = [&](Standing standing) {
    return std::any_of(judgement.windows.begin(), judgement.windows.end(),
                       [&](const WindowJudgement& window) { return window.standing == standing; });
  };
  if (has(Standing::too_young)) return "too little has been learned of this series to judge it";
  if (has(Standing::masked)) return "what is heard belongs to a surge that is over";
  return "nobody watched in this time, so that nothing is judged";
}

std::string count_reason(const Judgement& judgement, const RuleOptions& rule) {
  const WindowJudgement* window = nearest_to_alarm(judgement);
  if (window == nullptr) return why_not_judged(judgement);
  const std::string heard = fmt::format("{} in {}", stories_counted(static_cast<double>(window->observed)),
                                        notation::duration_in_words(window->window));
  if (window->alarm) return heard + ", which is an alarm when the next story comes";
  if (!window->bound) return heard + "; no number of them would have fired";
  if (*window->bound <= static_cast<double>(rule.min_stories)) {
    return fmt::format("{}; {:.0f} would have fired, the fewest that min_stories asks for", heard, *window->bound);
  }
  return fmt::format("{}; {:.0f} would have fired at this rule's budget", heard, *window->bound);
}

std::string mean_reason(const Judgement& judgement, const RuleOptions& rule) {
  const WindowJudgement* window = nearest_to_alarm(judgement);
  if (window == nullptr) return why_not_judged(judgement);
  const MeanEvidence mean = window->mean.value_or(MeanEvidence{});
  const std::string heard = fmt::format("mean sentiment {:.2f} over {}, {:.2f} expected", mean.observed,
                                        notation::duration_in_words(window->window), mean.expected);
  if (window->alarm) return heard + ", which is an alarm when the next story comes";
  if (window->observed < rule.min_stories) {
    return fmt::format("{}, of {} {}: min_stories asks for {}", heard, window->observed,
                       window->observed == 1 ? "story" : "stories", rule.min_stories);
  }
  if (!window->bound) return heard + "; no mean of so few stories would have fired";
  return fmt::format("{}; {:.2f} would have fired at this rule's budget", heard, *window->bound);
}

std::string silence_reason(const Judgement& judgement) {
  if (judgement.windows.empty()) return "no document of this series has come since the rule watches it";
  const WindowJudgement& window = judgement.windows.front();
  const std::string silent = fmt::format("silent for {}, {:.1f} stories expected",
                                         notation::duration_in_words(window.window), window.expected);
  if (!judgement.fires_at) return silent + "; it speaks too rarely for its silence to be judged";
  return fmt::format("{}; silence until {} fires", silent, notation::format_rfc3339(*judgement.fires_at));
}

/// "a", "a or b", "a, b or c".
std::string in_a_row(const std::vector<std::string>& texts, std::string_view last) {
  std::string all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) all += i + 1 < texts.size() ? ", " : last;
    all += texts[i];
  }
  return all;
}

/// The conditions of the rule, which no open story meets together.
std::string story_reason(const RuleOptions& rule) {
  std::vector<std::string> conditions;
  if (rule.min_gravity) {
    const bool most = *rule.min_gravity == Gravity::grave;
    conditions.push_back(fmt::format("is {}{}", most ? "" : "at least ", to_string(*rule.min_gravity)));
  }
  if (!rule.events.empty()) conditions.push_back("tells of " + in_a_row(rule.events, " or "));
  if (rule.min_negative) {
    conditions.push_back(fmt::format("reaches P(negative) - P(positive) = {:g}", *rule.min_negative));
  }
  return "no open story of this series " + in_a_row(conditions, " and ");
}

/// What there is to say of a series without an open alert.
std::string quiet_reason(const Judgement& judgement, const RuleOptions& rule) {
  switch (rule.measure) {
    case Measure::negative_stories:
      return count_reason(judgement, rule);
    case Measure::mean_sentiment:
      return mean_reason(judgement, rule);
    case Measure::story:
      return story_reason(rule);
    case Measure::no_data:
      return silence_reason(judgement);
  }
  return {};
}

void append_number(notation::JsonWriter& json, std::string_view name, std::optional<double> number, int digits) {
  json.key(name);
  if (number) {
    json.rounded(*number, digits);
  } else {
    json.null();
  }
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::judged:
      return "judged";
    case Standing::too_young:
      return "too young";
    case Standing::masked:
      return "masked";
    case Standing::unwatched:
      return "unwatched";
  }
  return "";
}

const WindowJudgement* nearest_to_alarm(const Judgement& judgement) {
  const WindowJudgement* nearest = nullptr;
  for (const WindowJudgement& window : judgement.windows) {
    if (window.standing != Standing::judged || (window.by_sum && !window.alarm)) continue;
    if (nearest == nullptr || nearness(window) > nearness(*nearest)) nearest = &window;
  }
  return nearest;
}

std::string reason_of(const Judgement& judgement, const RuleOptions& rule) {
  if (judgement.state == AlertState::firing) return "an alert is open";
  if (judgement.state == AlertState::pending && judgement.fires_at) {
    return fmt::format("an alert is pending: it fires at {} if it lasts (pending_for)",
                       notation::format_rfc3339(*judgement.fires_at));
  }
  if (!judgement.known) return "the rule has heard no document of this series";
  if (!judgement.can_alert) return "the rule has not seen a whole hour yet: nothing is judged";
  std::string said = quiet_reason(judgement, rule);
  if (judgement.cools_until) {
    return fmt::format("{}; an alert has just ended, and none begins before {} (cool_down)", said,
                       notation::format_rfc3339(*judgement.cools_until));
  }
  if (judgement.of_an_episode) return said + "; it belongs to an episode that is over";
  return said;
}

void append_windows(notation::JsonWriter& json, const std::vector<WindowJudgement>& windows) {
  json.begin_array();
  for (const WindowJudgement& window : windows) {
    json.begin_object().field("window", notation::format_duration(window.window));
    json.field("standing", to_string(window.standing)).field("by_sum", window.by_sum);
    if (window.standing == Standing::judged) {
      json.field("window_start", window.window_start).field("window_end", window.window_end);
      if (window.mean) {
        json.key("observed").rounded(window.mean->observed, 4).key("expected").rounded(window.mean->expected, 4);
        json.key("interval").begin_array().rounded(window.mean->low, 4).rounded(window.mean->high, 4).end_array();
        json.field("stories", window.observed);
      } else {
        json.field("observed", window.observed).key("expected").rounded(window.expected, 4);
        json.key("interval").begin_array().value(window.interval_low).value(window.interval_high).end_array();
      }
      json.key("p_value").rounded(window.p_value, 3).key("p_threshold").rounded(window.p_threshold, 3);
      append_number(json, "bound", window.bound, 4);
      json.field("alarm", window.alarm);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace tapewatch::alerts
