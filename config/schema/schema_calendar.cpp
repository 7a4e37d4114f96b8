// Tested by tests/config/schema/calendar_test.cpp
// A rule's zone and its calendars.
#include <algorithm>

#include "config/schema/rule.hpp"
#include "config/schema/schema.hpp"
#include "config/zone_data.hpp"

namespace tapewatch::config {
namespace {

using alerts::CalendarEntry;

/// A day as text, or as TOML's own date.
std::optional<Text> day_text(Reader& reader, const Place& place) {
  if (const auto* date = std::get_if<TimeText>(&place.node.value)) return Text{date->text};
  return reader.text(place);
}

std::string shown(const Text& text) { return text.may_be_shown ? "'" + text.value + "'" : "this value"; }

void read_days(Reader& reader, const Place& place, CalendarEntry& into) {
  const List* list = reader.list(place);
  if (list == nullptr) return;
  into.days.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
    const auto text = day_text(reader, item);
    if (!text) continue;
    const auto range = alerts::parse_days(text->value);
    if (!range) {
      reader.error(
          item, shown(*text) + " is not a day; write \"2026-12-25\", or \"2026-12-31..2027-01-02\" for days in a row");
    } else if (const auto wrong = alerts::validate(*range)) {
      reader.error(item, fmt::format("{} {}", shown(*text), *wrong));
    } else {
      into.days.push_back(*range);
    }
  }
}

void read_flag(Reader& reader, const Place& place, bool& into) {
  if (const bool* value = std::get_if<bool>(&place.node.value)) {
    into = *value;
  } else {
    reader.wrong_type(place, "true or false");
  }
}

void read_weekday(Reader& reader, const Place& place, CalendarEntry& into) {
  const auto text = reader.text(place);
  if (!text) return;
  static const std::vector<std::string_view> days(alerts::kWeekdays.begin(), alerts::kWeekdays.end());
  one_of(days)(reader, place, *text);
  into.as = alerts::parse_weekday(text->value);
}

}  // namespace

void read_zone(Reader& reader, const Place& place, alerts::RuleOptions& into) {
  const auto text = reader.text(place);
  if (!text) return;
  if (auto clock = local_clock(text->value)) {
    into.tz = text->value;
    into.clock = std::move(*clock);
  } else {
    reader.error(place, text->may_be_shown ? unknown_zone(text->value) : "this value is not an IANA time zone");
  }
}

const Keys<CalendarEntry>& calendar_keys() {
  using C = CalendarEntry;
  static const Keys<C> keys = {
      text_key<C>("name", &C::name, "What rules call it; entries of one name are one calendar.", plain_name()),
      {"days", "list of days", "Days and ranges of days, in the zone of the rule.", read_days},
      texts_key<C>("topic", &C::topic, "Only for the series of these topics.", refers(Reference::Kind::topic)),
      texts_key<C>("entity", &C::entity, "Only for the series of these companies.", refers(Reference::Kind::entity)),
      texts_key<C>("source", &C::source, "Only for the series of these sources.", not_empty()),
      {"learn",
       "true or false",
       "false: the days are judged and teach nothing.",
       [](Reader& reader, const Place& place, C& into) { read_flag(reader, place, into.learn); },
       {},
       same_target<C>(&C::learn)},
      {"notify",
       "true or false",
       "false: what fires on these days is recorded and not sent while they last.",
       [](Reader& reader, const Place& place, C& into) { read_flag(reader, place, into.notify); },
       {},
       same_target<C>(&C::notify)},
      {"as", "text", "The day of the week that they are like: expected, and learned, as one.", read_weekday},
  };
  return keys;
}

void finish_calendar(Reader& reader, const Place& place, CalendarEntry& entry, bool keys_are_fine) {
  require(reader, place, "name", !entry.name.empty());
  const auto* members = std::get_if<Table>(&place.node.value);
  const bool has_days = members != nullptr && find(*members, "days") != nullptr;
  require(reader, place, "days", has_days);
  if (!keys_are_fine || !has_days || entry.name.empty()) return;
  // Checks that span several keys: what contradicts, an entry that changes nothing.
  if (const auto problem = alerts::validate(entry)) reader.error(place, *problem);
}

void join_calendars(Reader& reader, const Place& place, std::span<const CalendarEntry> calendars,
                    alerts::RuleOptions& rule) {
  const auto* members = std::get_if<Table>(&place.node.value);
  const Node* given = members == nullptr ? nullptr : find(*members, "calendar");
  const auto* names = given == nullptr ? nullptr : std::get_if<List>(&given->value);
  if (names == nullptr) return;
  std::vector<std::string_view> known;
  for (const CalendarEntry& entry : calendars) known.push_back(entry.name);
  rule.calendar_entries.clear();
  for (std::size_t i = 0; i < names->size(); ++i) {
    const auto* name = std::get_if<std::string>(&(*names)[i].value);
    if (name == nullptr || name->empty()) continue;
    const Place item{(*names)[i], fmt::format("{}.calendar[{}]", place.path, i + 1)};
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      reader.error(item,
                   fmt::format("there is no [[alerts.calendar]] named '{}'{}", *name, did_you_mean(*name, known)));
    }
  }
  for (const CalendarEntry& entry : calendars) {
    const bool kept = std::find(rule.calendar.begin(), rule.calendar.end(), entry.name) != rule.calendar.end();
    if (kept && !alerts::validate(entry)) rule.calendar_entries.push_back(entry);
  }
  if (const auto problem = alerts::calendar_problem(rule)) reader.error({*given, place.path + ".calendar"}, *problem);
}

}  // namespace tapewatch::config
