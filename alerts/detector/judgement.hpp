#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerts/alert.hpp"

namespace tapewatch::alerts {

/// Whether a window of a series can be judged at all.
enum class Standing {
  judged,
  too_young,  ///< too little was learned before it began
  masked,     ///< it, or what is left of it, belongs to a surge that is over, or to a time before the series
  unwatched,  ///< nobody watched
};

std::string_view to_string(Standing);

/// One window of a series as it stands, and what it would have taken to be an alarm.
struct WindowJudgement {
  Standing standing = Standing::judged;
  bool by_sum = false;  ///< an accumulating sum chose where it begins; its length is not one of the rule's
  std::chrono::milliseconds window{};
  TimePoint window_start{}, window_end{};  ///< the end is not included
  std::uint64_t observed = 0;              ///< distinct counted stories
  double expected = 0.0;
  std::uint64_t interval_low = 0, interval_high = 0;  ///< central 95 % of the predictive distribution
  double p_value = 1.0;
  double p_threshold = 0.0;          ///< an alarm at or below it, with min_stories
  std::optional<MeanEvidence> mean;  ///< of the `observed` stories, in a rule of that measure
  /// The least count, or the highest mean, that alone would have been an alarm; nothing: no possible one.
  std::optional<double> bound;
  bool alarm = false;
};

/// What a rule makes of one of its series at a moment: the numbers behind an alert, or behind none.
struct Judgement {
  TimePoint at{};                           ///< event time
  bool known = false;                       ///< the rule remembers a document of the series
  bool can_alert = false;                   ///< the rule has seen a whole hour
  bool warming = true;                      ///< the rhythm of the series is not known yet
  std::uint64_t series_count = 0;           ///< series that share the rule's budget
  AlertState state = AlertState::resolved;  ///< resolved: none is open
  std::string alert_id;                     ///< of the open one
  std::optional<TimePoint> fires_at;        ///< a pending alert, or a silence, if it lasts
  std::optional<TimePoint> cools_until;     ///< an alert has just ended: none begins before
  bool of_an_episode = false;               ///< what is heard belongs to an episode that is over
  std::string kept_back_by;                 ///< the calendar for whose day nobody would be told; "": none
  std::vector<CalendarNote> calendar;       ///< of the present day
  std::vector<WindowJudgement> windows;     ///< shortest first, sums last; none in a rule of the measure `story`
};

/// The judged window that is nearest to an alarm, or furthest above it; nullptr: none is judged.
const WindowJudgement* nearest_to_alarm(const Judgement&);

/// Why the series has an alert or none, in a sentence: "9 negative stories in 1 h; 12 would have fired at this rule's
/// budget".
std::string reason_of(const Judgement&, const RuleOptions&);

/// Windows as an array of objects.
void append_windows(notation::JsonWriter&, const std::vector<WindowJudgement>&);

}  // namespace tapewatch::alerts
