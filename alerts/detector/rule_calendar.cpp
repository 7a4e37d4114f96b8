// Tested by tests/alerts/detector/rule_calendar_test.cpp
#include "alerts/detector/rule_calendar.hpp"

#include <algorithm>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/surge_model.hpp"

namespace tapewatch::alerts {
namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr std::string_view kClock = "\nclock\t";
constexpr days kTaught{280};  // what was learned longer ago is all but forgotten: see DetectorOptions::history

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Whether an entry for `wanted` values of a dimension is about a series. A rule that does not group by the dimension
/// may select it.
bool about(const std::vector<std::string>& wanted, std::string_view dimension, const std::vector<std::string>& selected,
           const std::map<std::string, std::string>& key) {
  if (wanted.empty()) return true;
  if (const auto own = key.find(std::string(dimension)); own != key.end()) return holds(wanted, own->second);
  return !selected.empty() &&
         std::all_of(selected.begin(), selected.end(), [&](const std::string& value) { return holds(wanted, value); });
}

/// Kinder to readers of a state than std::hash, whose value is the library's affair: FNV-1a.
std::string digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
  return std::to_string(hash);
}

}  // namespace

std::size_t hour_of_week(std::int64_t hour) {
  const auto week = static_cast<std::int64_t>(kHoursOfWeek);
  return static_cast<std::size_t>((((hour + 3 * 24) % week) + week) % week);
}

RuleCalendar::RuleCalendar(const RuleOptions& rule)
    : tz_(rule.tz), clock_(rule.clock), entries_(rule.calendar_entries), where_(rule.where) {
  std::map<local_days, Entries> marked;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entries bit = Entries{1} << i;
    if (entries_[i].about_all()) general_ |= bit;
    for (const DayRange& range : entries_[i].days) {
      for (local_days day = range.first; day <= range.last; day += days{1}) marked[day] |= bit;
    }
  }
  for (const auto& [day, entries] : marked) days_.push_back({day, entries});
}

RuleCalendar::Entries RuleCalendar::about(const std::map<std::string, std::string>& key) const {
  Entries own = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const CalendarEntry& entry = entries_[i];
    if (!entry.about_all() && alerts::about(entry.topic, "topic", where_.topic, key) &&
        alerts::about(entry.entity, "entity", where_.entity, key) &&
        alerts::about(entry.source, "source", where_.source, key)) {
      own |= Entries{1} << i;
    }
  }
  return own;
}

RuleCalendar::Entries RuleCalendar::on(local_days day) const {
  const auto found =
      std::lower_bound(days_.begin(), days_.end(), day, [](const Marked& m, local_days at) { return m.day < at; });
  return found != days_.end() && found->day == day ? found->entries : 0;
}

local_days RuleCalendar::day_at(TimePoint at) const { return day_of(clock_.local_hour(hour_of(at))); }

RuleCalendar::Day RuleCalendar::day(std::int64_t hour, Entries own) const {
  Day out;
  const Entries entries = in_force(hour) & (general_ | own);
  for (std::size_t i = 0; entries >> i != 0 && i < entries_.size(); ++i) {
    if ((entries >> i & 1) == 0) continue;
    out.learn = out.learn && entries_[i].learn;
    out.notify = out.notify && entries_[i].notify;
    if (!out.as) out.as = entries_[i].as;
  }
  return out;
}

std::size_t RuleCalendar::slot(std::int64_t hour, Entries own) const {
  const std::size_t usual = hour_of_week(clock_.local_hour(hour));
  if (days_.empty()) return usual;
  const auto as = day(hour, own).as;
  return as ? (as->iso_encoding() - 1) * 24 + usual % 24 : usual;
}

std::vector<CalendarNote> RuleCalendar::notes(TimePoint from, TimePoint to, TimePoint told, Entries own) const {
  std::vector<CalendarNote> out;
  if (days_.empty()) return out;
  Entries seen = 0;
  const auto note = [&](local_days day) {
    const Entries fresh = on(day) & (general_ | own) & ~seen;
    seen |= fresh;
    for (std::size_t i = 0; i < entries_.size() && out.size() < kMostCalendarNotes; ++i) {
      const CalendarEntry& entry = entries_[i];
      if ((fresh >> i & 1) != 0) out.push_back({entry.name, day, entry.learn, entry.notify, entry.as});
    }
  };
  const local_days last = day_at(to);
  for (local_days day = day_at(from); day <= last; day += days{1}) note(day);
  note(day_at(told));
  return out;
}

std::string RuleCalendar::keeps_back(TimePoint at, Entries own) const {
  if (days_.empty()) return "";
  const Entries entries = in_force(hour_of(at)) & (general_ | own);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if ((entries >> i & 1) != 0 && !entries_[i].notify) return entries_[i].name;
  }
  return "";
}

std::string RuleCalendar::fingerprint(TimePoint until) const {
  const std::string taught = lived(until);
  return tz_ == "UTC" && taught.empty() ? "" : std::string(kClock) + tz_ + "\t" + taught;
}

bool RuleCalendar::is_fingerprint(std::string_view text) { return text.empty() || text.starts_with(kClock); }

/// The marked days that taught otherwise than without a calendar.
std::string RuleCalendar::lived(TimePoint until) const {
  const local_days today = day_at(until);
  std::string text;
  for (const Marked& marked : days_) {
    if (marked.day > today || marked.day <= today - kTaught) continue;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const CalendarEntry& entry = entries_[i];
      if ((marked.entries >> i & 1) == 0 || (entry.learn && !entry.as)) continue;
      text += std::to_string(marked.day.time_since_epoch().count());
      text += entry.learn ? to_string(*entry.as) : "-";
      for (const auto* list : {&entry.topic, &entry.entity, &entry.source}) {
        text += "\n";
        for (const std::string& value : *list) text.append("\t").append(value);
      }
    }
  }
  return text.empty() ? text : digest(text);
}

}  // namespace tapewatch::alerts
