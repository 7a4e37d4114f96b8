// Tested by tests/config/toml/load_test.cpp
#include <algorithm>

#include "config/schema/rule.hpp"
#include "config/schema/schema.hpp"

namespace tapewatch::config {
namespace {

using alerts::RuleOptions;
using alerts::Selection;

const Keys<Selection>& selection_keys() {
  using S = Selection;
  static const Keys<S> keys = {
      texts_key<S>("topic", &S::topic, "Topics by id; empty: all.", refers(Reference::Kind::topic)),
      texts_key<S>("entity", &S::entity, "Companies by their id in the watch list.", refers(Reference::Kind::entity)),
      texts_key<S>("tag", &S::tag, "Companies by a tag of the watch list.", refers(Reference::Kind::tag)),
      texts_key<S>("source", &S::source, "Sources by name.", not_empty()),
  };
  return keys;
}

void read_measure(Reader& reader, const Place& place, RuleOptions& into) {
  const auto text = reader.text(place);
  if (!text) return;
  if (const auto measure = alerts::parse_measure(text->value)) {
    into.measure = *measure;
  } else {
    one_of({alerts::kMeasures.begin(), alerts::kMeasures.end()})(reader, place, *text);
  }
}

void read_budget(Reader& reader, const Place& place, RuleOptions& into) {
  const auto text = reader.text(place);
  if (!text) return;
  if (const auto budget = alerts::parse_false_alarms(text->value)) {
    into.false_alarms = *budget;
  } else {
    reader.error(place, "expected a budget such as \"1 per week\" or \"0.5 per day\" (hour, day, week, month, year)");
  }
}

void read_min_gravity(Reader& reader, const Place& place, RuleOptions& into) {
  constexpr std::size_t kNone = 1;  // every story reaches the first gravity
  const auto text = reader.text(place);
  if (!text) return;
  one_of({alerts::kGravities.begin() + kNone, alerts::kGravities.end()})(reader, place, *text);
  into.min_gravity = alerts::parse_gravity(text->value);
}

/// One that is left out means another thing than the same one given where the model tells no risk events.
bool same_min_gravity(const RuleOptions& a, const RuleOptions& b) {
  return a.min_gravity == b.min_gravity && a.usual_gravity == b.usual_gravity;
}

void read_max_alerts(Reader& reader, const Place& place, RuleOptions& into) {
  const auto text = reader.text(place);
  if (!text) return;
  into.max_alerts = alerts::parse_alert_limit(text->value);
  if (into.max_alerts) return;
  reader.error(place, "expected a whole number and a period, such as \"5 per day\" (hour, day, week, month, year)");
}

void read_mute(Reader& reader, const Place& place, RuleOptions& into) {
  const List* list = reader.list(place);
  if (list == nullptr) return;
  into.mute.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
    const auto text = reader.text(item);
    if (!text) continue;
    if (const auto time = alerts::parse_mute_time(text->value)) {
      into.mute.push_back(*time);
    } else {
      reader.error(item, fmt::format("{} is not a time to mute; write \"22:00-06:00\", \"sat,sun\", \"mon-fri\" or "
                                     "\"sat 00:00-12:00\"",
                                     text->may_be_shown ? "'" + text->value + "'" : "this value"));
    }
  }
}

void read_repeat(Reader& reader, const Place& place, RuleOptions& into) {
  into.repeat = reader.duration(place, alerts::kRepeatBounds.least, alerts::kRepeatBounds.most);
}

const Keys<alerts::Escalation>& escalation_keys() {
  using E = alerts::Escalation;
  static const Keys<E> keys = {
      bounded_key<E>("after", &E::after, "How long it fires without anybody acknowledging it.",
                     alerts::kEscalateAfterBounds),
      text_key<E>("severity", &E::severity, "What it is raised to; graver than the rule's.",
                  one_of({alerts::kSeverities.begin(), alerts::kSeverities.end()})),
  };
  return keys;
}

Key<RuleOptions> escalate_key() {
  auto key = table_key<RuleOptions>(
      "escalate",
      [](RuleOptions& into) -> alerts::Escalation& { return into.escalate ? *into.escalate : into.escalate.emplace(); },
      escalation_keys);
  key.read = [read = key.read](Reader& reader, const Place& place, RuleOptions& into) {
    read(reader, place, into);
    const auto* members = std::get_if<Table>(&place.node.value);
    for (const std::string_view name : {"after", "severity"}) {
      require(reader, place, name, members == nullptr || find(*members, name) != nullptr);
    }
  };
  return key;
}

void read_windows(Reader& reader, const Place& place, RuleOptions& into) {
  const List* list = reader.list(place);
  if (list == nullptr) return;
  into.windows.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
    if (const auto window = reader.duration(item, alerts::kWindowBounds.least, alerts::kWindowBounds.most)) {
      into.windows.push_back(*window);
    }
  }
}

const Keys<RuleOptions>& rule_keys() {
  using R = RuleOptions;
  static const std::vector<std::string_view> severities(alerts::kSeverities.begin(), alerts::kSeverities.end());
  static const std::vector<std::string_view> dimensions(alerts::kDimensions.begin(), alerts::kDimensions.end());
  static const Keys<R> keys = {
      text_key<R>("name", &R::name, "What the rule is called, in alerts and in links.", plain_name()),
      table_key<R>("where", &R::where, selection_keys),
      texts_key<R>("group_by", &R::group_by, "topic, entity, source, any of them, or [] for one series.",
                   one_of(dimensions)),
      {"measure",
       "text",
       "negative_stories, mean_sentiment, story or no_data.",
       read_measure,
       {},
       same_target<R>(&R::measure)},
      {"false_alarms",
       "budget",
       "How many false alarms all series of the rule may raise together.",
       read_budget,
       {},
       [](R& a, std::string_view, R& b, std::string_view) {
         return a.false_alarms.count == b.false_alarms.count && a.false_alarms.per == b.false_alarms.per;
       }},
      whole_key<R>("min_stories", &R::min_stories, "Fewer stories in a window raise no alert.", 1, 1'000'000),
      bounded_key<R>("resolve_after", &R::resolve_after, "Calm for this long ends an alert.",
                     alerts::kResolveAfterBounds),
      bounded_key<R>("pending_for", &R::pending_for, "How long the condition must hold before an alert fires.",
                     alerts::kPendingForBounds),
      bounded_key<R>("cool_down", &R::cool_down, "How long nothing fires after an episode.", alerts::kCoolDownBounds),
      {"tz",
       "text",
       "An IANA zone: hours of the week and days of the calendar are its. UTC if absent.",
       read_zone,
       {},
       same_target<R>(&R::tz)},
      texts_key<R>("calendar", &R::calendar, "Names of the calendars that the rule keeps.", not_empty()),
      {"windows",
       "list of durations",
       "Lengths of time over which stories are counted or averaged.",
       read_windows,
       {},
       same_target<R>(&R::windows)},
      text_key<R>("severity", &R::severity, "critical, error, warning or info.", one_of(severities)),
      text_key<R>("escalated_severity", &R::escalated_severity,
                  "From a second, larger surge within an alert on; left out: as before.", one_of(severities)),
      text_key<R>("runbook_url", &R::runbook_url, "A link to the instructions; sent with the alert.", http_url()),
      text_map_key<R>("labels", &R::labels, "Sent with the alert; webhooks match on them."),
      {"min_gravity",
       "text",
       "Of the measure `story`: minor, serious or grave, at least; grave where none of these three is given.",
       read_min_gravity,
       {},
       [](R& a, std::string_view, R& b, std::string_view) { return same_min_gravity(a, b); }},
      texts_key<R>("events", &R::events, "Of the measure `story`: the risk events that it tells of; empty: all.",
                   refers(Reference::Kind::event)),
      number_key<R>("min_negative", &R::min_negative,
                    "Of the measure `story`: smallest P(negative) - P(positive) of a story that it tells of.", 0.01,
                    1.0),
      {"mute",
       "list of texts",
       "When nobody is told: \"22:00-06:00\", \"sat,sun\", \"sat 00:00-12:00\".",
       read_mute,
       {},
       same_target<R>(&R::mute)},
      {"repeat", "duration", "How often an alert that fires is told again until it is acknowledged.", read_repeat},
      escalate_key(),
      {"max_alerts", "text", "How many alerts are told, such as \"5 per day\"; the rest in a digest.", read_max_alerts},
  };
  return keys;
}

void finish_rule(Reader& reader, const Place& place, RuleOptions& rule, bool keys_are_fine) {
  require(reader, place, "name", !rule.name.empty());
  if (const auto* members = std::get_if<Table>(&place.node.value)) {
    if (find(*members, "group_by") == nullptr) rule.group_by = alerts::usual_group_by(rule.measure);
    alerts::set_usual_gravity(rule);
    for (const Member& member : *members) {
      if (alerts::applies(member.name, rule.measure)) continue;
      reader.error(member.at, fmt::format("{}.{}: means nothing to the measure {}; leave it out", place.path,
                                          member.name, alerts::to_string(rule.measure)));
    }
  }
  if (!keys_are_fine || rule.name.empty()) return;
  // Checks that span several keys: a dimension given twice, all labels together, the number of windows.
  if (const auto problem = alerts::validate(rule)) reader.error(place, *problem);
}

}  // namespace

const Keys<Config>& alerts_keys() {
  static const Keys<Config> keys = {
      tables_key<Config, decltype(&Config::rules), RuleOptions>("rule", &Config::rules, rule_keys, finish_rule),
      tables_key<Config, decltype(&Config::calendars), alerts::CalendarEntry>("calendar", &Config::calendars,
                                                                              calendar_keys, finish_calendar),
      tables_key<Config, decltype(&Config::silences), alerts::Silence>("silence", &Config::silences, silence_keys,
                                                                       finish_silence),
      tables_key<Config, decltype(&Config::webhooks), alerts::WebhookOptions>("webhook", &Config::webhooks,
                                                                              webhook_keys, finish_webhook),
      tables_key<Config, decltype(&Config::heartbeats), alerts::HeartbeatOptions>("heartbeat", &Config::heartbeats,
                                                                                  heartbeat_keys, finish_heartbeat),
  };
  return keys;
}

RuleResult read_rule(const Node& table, const std::string& name, std::span<const alerts::CalendarEntry> calendars) {
  RuleResult result;
  Reader reader(name, "", Indirect::refused);
  const Place place{table, name};
  if (const Table* members = reader.table(place)) {
    read_table(reader, *members, name, rule_keys(), result.rule);
    finish_rule(reader, place, result.rule, reader.error_count() == 0);
    join_calendars(reader, place, calendars, result.rule);
  }
  result.not_built = reader.take_not_built();
  result.errors = reader.take_errors();
  result.references = reader.take_references();
  return result;
}

std::optional<std::string> topic_problem(const RuleOptions& rule, bool model_has_topics) {
  const bool by_topic = std::find(rule.group_by.begin(), rule.group_by.end(), "topic") != rule.group_by.end();
  if (model_has_topics || !by_topic) return std::nullopt;
  return fmt::format(
      "the rule '{}' groups by topic, and this model has no topics: the rule would watch nothing; write "
      "group_by = [\"entity\"], [\"source\"], or [] for one series of everything",
      rule.name);
}

std::optional<std::string> gravity_problem(const RuleOptions& rule, bool model_tells_events) {
  if (model_tells_events || !rule.min_gravity || rule.usual_gravity) return std::nullopt;
  return "min_gravity: the model tells no risk events; use min_negative";
}

}  // namespace tapewatch::config
