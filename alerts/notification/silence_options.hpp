#pragma once
// A silence (`[[alerts.silence]]`, POST /v1/silences). Header only: the configuration reads these types without linking
// the island.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/rules/rule_options.hpp"
#include "config/notation/printable.hpp"

namespace tapewatch::alerts {

/// Who does not want to hear of what, from when to when, and why. By wall time. What it matches is recorded and shown
/// as ever; nobody is notified.
struct Silence {
  std::string id;  ///< given by whoever stores it
  /// "rule", "severity", a dimension of the series (topic, entity, source) or a label -> accepted values; all must
  /// hold.
  std::map<std::string, std::vector<std::string>> match;
  TimePoint from{};
  TimePoint to{};  ///< not included
  std::string by;  ///< a person
  std::string comment;

  bool in_force(TimePoint now) const { return from <= now && now < to; }
  bool operator==(const Silence&) const = default;
};

/// The value of an alert (a Transition, or what has its members) that a name of `match` is about; nullptr where it has
/// none. A dimension of the series comes before a label of its name.
template <class Alert>
const std::string* silence_value(const Alert& alert, std::string_view name) {
  if (name == "rule") return &alert.rule;
  if (name == "severity") return &alert.severity;
  for (const auto* map : {&alert.key, &alert.labels}) {
    if (const auto found = map->find(std::string(name)); found != map->end()) return &found->second;
  }
  return nullptr;
}

/// Whether the silence is about the alert, whatever the time. One that matches on nothing is about nothing.
template <class Alert>
bool matches(const Silence& silence, const Alert& alert) {
  return !silence.match.empty() && std::all_of(silence.match.begin(), silence.match.end(), [&](const auto& entry) {
    const std::string* value = silence_value(alert, entry.first);
    return value != nullptr && std::find(entry.second.begin(), entry.second.end(), *value) != entry.second.end();
  });
}

inline constexpr std::size_t kMostNoteBytes = 2'000;  ///< of a comment
inline constexpr std::size_t kMostNameBytes = 200;    ///< of who silences or acknowledges, and of a name or a value

/// What is wrong with a text that operators write: it keeps to its length, and is valid UTF-8 without what a terminal
/// obeys; `lines` may be broken in a comment, not in a name.
enum class NoteLines { one, several };
inline std::optional<std::string> note_problem(std::string_view text, NoteLines lines) {
  const std::size_t most_bytes = lines == NoteLines::one ? kMostNameBytes : kMostNoteBytes;
  if (text.size() > most_bytes) return "is longer than " + std::to_string(most_bytes) + " bytes";
  for (std::size_t at = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    if (!point.well_formed) return "is not valid UTF-8";
    const bool breaks_line = lines == NoteLines::several && point.value == '\n';
    if (!breaks_line && notation::is_control(point.value)) return "holds a control character";
    at += point.length;
  }
  return std::nullopt;
}

/// What is wrong, and with which member: "match", "match.team", "from", "to", "by" or "comment".
struct SilenceProblem {
  std::string member, what;
};

/// Why a silence could never silence anything, or does not say who wants it; nullopt when it is valid.
inline std::optional<SilenceProblem> validate(const Silence& silence) {
  constexpr std::size_t kMostNames = 16;
  constexpr std::size_t kMostValues = 100;
  using Problem = SilenceProblem;
  if (silence.match.empty()) {
    return Problem{"match", "names nothing: give a rule, a severity, a topic, an entity, a source or a label"};
  }
  if (silence.match.size() > kMostNames) return Problem{"match", "holds more than 16 names"};
  for (const auto& [name, values] : silence.match) {
    const std::string member = "match." + name;
    if (name.empty()) return Problem{"match", "a name must not be empty"};
    if (auto wrong = note_problem(name, NoteLines::one)) return Problem{"match", "a name " + *wrong};
    if (values.empty()) return Problem{member, "accepts nothing: name a value or leave it out"};
    if (values.size() > kMostValues) return Problem{member, "holds more than 100 values"};
    for (const std::string& value : values) {
      if (value.empty()) return Problem{member, "a value must not be empty"};
      if (auto wrong = note_problem(value, NoteLines::one)) return Problem{member, "a value " + *wrong};
      if (name == "severity" && std::find(kSeverities.begin(), kSeverities.end(), value) == kSeverities.end()) {
        return Problem{member, "takes critical, error, warning and info, not \"" + value + "\""};
      }
    }
  }
  if (silence.to <= silence.from) return Problem{"to", "must be after from: the silence ends before it begins"};
  if (silence.by.empty()) return Problem{"by", "must say who wants the silence"};
  if (auto wrong = note_problem(silence.by, NoteLines::one)) return Problem{"by", *wrong};
  if (auto wrong = note_problem(silence.comment, NoteLines::several)) return Problem{"comment", *wrong};
  return std::nullopt;
}

}  // namespace tapewatch::alerts
