#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/notification/inhibition.hpp"
#include "alerts/notification/silence_options.hpp"

namespace tapewatch::alerts {

inline constexpr std::string_view kBeyondLimit = "max_alerts";
inline constexpr std::string_view kMuted = "mute";

/// What people have been told of an alert that fires, and what keeps it from being told. Stored with the alert.
struct Notice {
  std::string alert_id, rule;
  SeriesKey key;
  std::string severity;  ///< as of the last step, as are the labels
  std::map<std::string, std::string> labels;
  std::string suppressed_by;                ///< see suppressor(); empty: nothing
  bool update_held = false;                 ///< a step of it was not told because of that
  std::set<std::string> told;               ///< webhooks that a message was written for while it fires
  std::optional<TimePoint> announced_at;    ///< wall time; nothing: nobody was to know of it so far
  std::optional<TimePoint> announced_time;  ///< event time of the same moment
  std::optional<TimePoint> told_at;         ///< wall time of the last message "it fires"; history's alerts have none
  unsigned repeats = 0;                     ///< how often it was told again
  std::string raised_to;                    ///< by `escalate`; empty: not yet

  bool is_heard() const { return announced_at && told_at && suppressed_by.empty(); }
  bool operator==(const Notice&) const = default;
};

class OpenNotices;

/// What a decision depends on beside its alert.
struct Scene {
  TimePoint now{};         ///< wall time
  TimePoint event_time{};  ///< of the step, or T
  std::span<const RuleOptions> rules;
  std::span<const WebhookOptions> webhooks;
  std::span<const Silence> silences;  ///< those in force
  const OpenNotices* open = nullptr;  ///< of all alerts that fire
  bool history = false;               ///< the step comes of news that is read in afterwards
  /// How many alerts of a rule were announced in event time (after, until].
  std::function<std::size_t(const std::string& rule, TimePoint after, TimePoint until)> announced;

  /// nullptr: the configuration no longer has it.
  const RuleOptions* rule(std::string_view name) const;
};

/// A message for some webhooks.
struct Telling {
  Transition alert;
  unsigned repeat = 0;          ///< 1 for the first time that it is told again, and so on; 0: it is not told again
  std::vector<std::string> to;  ///< webhooks
};

/// What happened to the notice of an alert between two of its steps.
enum class Turn { none, suppressed, released, escalated, repeated };

struct NoticeDecision {
  Turn turn = Turn::none;
  Transition alert;  ///< as it is recorded and logged: with its present severity and who suppresses it
  std::vector<Telling> messages;
};

/// Who keeps an alert from being told: "silence:<id>", "alert:<id>" of the whole that it is a part of, "mute",
/// "max_alerts"; empty: nobody. The first of them that does, in this order; what is beyond max_alerts stays so.
std::string suppressor(const Notice&, const Transition&, const Scene&);

/// Whether a step may be told at all: not of a late alert, of one that a calendar keeps back, or without a type.
bool is_for_people(const Transition&);

/// Gives the alert the severity that `escalate` has raised it to.
void raise(Transition&, const Notice&);

/// Decides on a step of an alert. Pure: what is decided depends on the arguments alone, and `notice` is left as it is
/// to be stored. Late alerts, those that a calendar keeps back and steps without a type are told nobody.
///
/// An alert is announced once nothing suppresses it: with the step that fires, or with a later one, then as
/// "alert.firing" with its present evidence. Its updates are held while something suppresses it. Its end is told where
/// it was announced, even if something suppresses it by then: whoever heard of a fire hears that it is out. History
/// announces nothing: of its steps only that end is told. An alert that it raised is announced with its next step
/// after.
NoticeDecision decide_step(Notice& notice, Transition step, const Scene&);

/// Decides on an alert between its steps. `present`: the alert as it stands. Suppression that has ended releases it: it
/// is announced, or, to those who know of it, what was held is told as one update. While it is heard and not
/// `acknowledged` it is raised by its rule's `escalate`, once, and told again by `repeat`.
NoticeDecision decide_meanwhile(Notice& notice, Transition present, const Scene&, bool acknowledged);

/// Whether decide_meanwhile() would change the notice. Without the alert as it stands, and without a copy of anything:
/// thousands are looked at each second.
bool changes_meanwhile(const Notice& notice, const Scene&, bool acknowledged);

}  // namespace tapewatch::alerts
