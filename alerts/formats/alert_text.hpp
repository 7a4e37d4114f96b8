#pragma once
#include <string>
#include <string_view>

#include "alerts/alert.hpp"

namespace tapewatch::alerts {

/// 24 hex digits of SHA-256 over rule, series key, start and lateness: the same alert has the same id live, replayed
/// and after a restart.
std::string alert_id(std::string_view rule, std::string_view key_json, TimePoint start, bool late);

/// "Infosys: 14 negative stories in 15 minutes, 2.1 expected"; for updated and resolved alerts the outcome.
std::string summary_of(const Transition&, std::string_view display);

/// What was seen and what was expected: observed, expected, interval, p_value as in the contract. Counts; in a rule of
/// mean_sentiment means of `stories` stories; of a grave story, which is told for itself, nothing was expected: null.
void append_judgement(notation::JsonWriter&, const Evidence&);

/// The member `calendar`: what the rule's calendar has to say. Nothing where it says nothing.
void append_calendar(notation::JsonWriter&, const std::vector<CalendarNote>&);

/// " (insolvency, grave)": what a story tells; nothing where it tells no risk event.
std::string risk_text(const TopStory&);

/// A story as in the contract's `top_stories`.
void append_story(notation::JsonWriter&, const TopStory&);

}  // namespace tapewatch::alerts
