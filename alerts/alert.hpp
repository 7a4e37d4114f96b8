#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::notation {
class JsonWriter;
}

namespace tapewatch::alerts {

enum class AlertState { pending, firing, resolved };

std::string_view to_string(AlertState);

/// A distinct story behind an alert, and the number of documents that have reported it so far.
struct TopStory {
  std::string title;
  std::string url;  ///< empty: none, or too long to pass on
  double sentiment = 0.0;
  std::string source;  ///< of its first document
  std::uint64_t documents = 1;
  bool turned = false;  ///< a correction has said the opposite of what its first document said
  std::string event;    ///< the risk event that its first document tells of; empty: none
  Gravity gravity = Gravity::none;
};

/// An entry of the rule's calendar that has a say in what is told.
struct CalendarNote {
  std::string name;             ///< of the calendar
  std::chrono::local_days day;  ///< on the rule's clock: the first one of the window, or that of the transition
  bool learn = true;
  bool notify = true;
  std::optional<std::chrono::weekday> as;
};
inline constexpr std::size_t kMostCalendarNotes = 8;

/// Means of sentiment in place of counts.
struct MeanEvidence {
  double observed = 0.0;
  double expected = 0.0;
  double low = 0.0;  ///< central 95 % of the predictive distribution of the mean
  double high = 0.0;
};

/// What was expected of the minutes and hours around an alert, in stretches of the same length: for its chart.
struct ExpectedBand {
  struct Bucket {
    double mean = 0.0;
    std::uint64_t low = 0, high = 0;  ///< central 95 % of the predictive distribution
  };
  TimePoint from{};                            ///< start of the first stretch
  std::chrono::minutes bucket{0};              ///< their length; 0: there is no band
  std::vector<std::optional<Bucket>> buckets;  ///< nothing: the series was not known there
};

/// The reason for an alert. Counts are distinct counted stories of the series unless stated otherwise. The members
/// before `story_count` describe one window, the strongest so far: its count, the expected count, its place in time.
struct Evidence {
  std::uint64_t observed = 0;      ///< in `window`
  double expected = 0.0;           ///< in `window`
  std::uint64_t interval_low = 0;  ///< central 95 % of the predictive distribution
  std::uint64_t interval_high = 0;
  double p_value = 1.0;                ///< P(count >= observed), one window, uncorrected
  double p_threshold = 0.0;            ///< the limit by the budget for that window at that moment
  std::chrono::milliseconds window{};  ///< the length of the window with the strongest evidence
  TimePoint window_start{};            ///< where it lies
  TimePoint window_end{};              ///< not included
  double dispersion = 1.0;             ///< variance over mean of the predictive distribution
  std::uint64_t story_count = 0;       ///< of the whole episode
  std::uint64_t document_count = 0;    ///< documents that report those stories, including reprints
  std::uint64_t source_count = 0;      ///< sources of those documents; more than 64 are not told apart
  std::vector<TopStory> top_stories;   ///< at most 5, most reported first
  TimePoint baseline_from{};           ///< start of the learned history
  TimePoint baseline_to{};             ///< end of the last hour learned
  std::uint64_t series_count = 0;      ///< series that share the rule's budget
  std::string single_source;           ///< of all the documents, where the rule hears several sources; else empty
  bool judged = true;                  ///< by its probability; a grave story is told for itself
  std::optional<MeanEvidence> mean;    ///< of the `observed` stories, in a rule of that measure
  std::vector<CalendarNote> calendar;  ///< of the days from the window's start to the transition, at most 8
  ExpectedBand band;                   ///< of a rule that counts
  bool warming = false;                ///< the series was watched for less than two weeks: its rhythm is not known
};

/// One numbered step of one alert. Recorded in the transaction of the row that caused it.
struct Transition {
  std::string alert_id;  ///< 24 hex digits from rule, key and start
  std::string rule;
  std::string severity;
  std::string raised_from;                 ///< the severity before a second surge raised it; empty: it never did
  bool raised = false;                     ///< by this step
  std::map<std::string, std::string> key;  ///< dimension -> id
  Measure measure = Measure::negative_stories;
  AlertState state = AlertState::pending;
  std::int64_t sequence = 0;  ///< 1, 2, … within the alert
  std::string type;           ///< alert.firing | alert.updated | alert.resolved; "": recorded but never sent
  TimePoint started_at{};
  TimePoint updated_at{};
  std::optional<TimePoint> ended_at;
  std::string reason;   ///< why it ended: "calm", "new level", "removed", "not confirmed", "late", "reconfigured"
  std::string summary;  ///< one line for people
  Evidence evidence;
  bool late = false;          ///< raised by rows past max_lateness: recorded, not notified
  std::string kept_back_by;   ///< the calendar for whose day it is recorded, not notified; empty: none
  std::string suppressed_by;  ///< who keeps it from being told: see suppressor(); empty: nobody
  std::map<std::string, std::string> labels;
  std::string runbook_url;
  std::string model_version;
};

/// `{"topic":"earnings"}`: dimensions in alphabetical order, no spaces. "{}" for a series without dimensions.
std::string key_json(const std::map<std::string, std::string>& key);

/// The evidence as members of an object, with the names of the contract (observed, expected, interval, …).
void append_evidence(notation::JsonWriter&, const Evidence&);

/// The same as a complete object.
std::string evidence_json(const Evidence&);

}  // namespace tapewatch::alerts
