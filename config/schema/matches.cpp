// Tested by tests/config/schema/silence_test.cpp
#include "config/schema/matches.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "alerts/rules/severity_options.hpp"

namespace tapewatch::config {
namespace {

/// The values that alerts have under each name; nullopt: any.
using KnownValues = std::map<std::string, std::optional<std::set<std::string>>>;

KnownValues values_of_alerts(const std::vector<alerts::RuleOptions>& rules) {
  KnownValues known;
  known["severity"].emplace(alerts::kSeverities.begin(), alerts::kSeverities.end());
  known["rule"].emplace();
  for (const auto& rule : rules) {
    known["rule"]->insert(rule.name);
    for (const auto& [label, value] : rule.labels) {
      auto& values = known[label];
      if (!values) values.emplace();
      values->insert(value);
    }
  }
  return known;
}

/// The same for silences, which also match what series are of.
KnownValues values_of_series(const std::vector<alerts::RuleOptions>& rules) {
  KnownValues known = values_of_alerts(rules);
  for (const auto& rule : rules) {
    for (const std::string& dimension : rule.group_by) known[dimension] = std::nullopt;
  }
  return known;
}
constexpr std::string_view kSilenceNames =
    "neither rule nor severity, nor what any rule groups by, nor a label of any rule";
constexpr std::string_view kNoAlert = "no rule has alerts that all of it holds for";

/// The table that `match` is, or nullptr.
const Table* match_of(const Node& table) {
  const auto* members = std::get_if<Table>(&table.value);
  const Node* match = members == nullptr ? nullptr : find(*members, "match");
  return match == nullptr ? nullptr : std::get_if<Table>(&match->value);
}

template <class Names, class NameOf>
std::string suggestion(const std::string& unknown, const Names& names, NameOf name_of) {
  std::vector<std::string_view> all;
  all.reserve(names.size());
  for (const auto& name : names) all.push_back(name_of(name));
  return did_you_mean(unknown, all);
}

/// What is wrong with a name that no alert has.
std::string unknown_name(const std::string& name, const KnownValues& known, std::string_view names) {
  return fmt::format("match: '{}' is {}{}", name, names,
                     suggestion(name, known, [](const auto& k) { return std::string_view(k.first); }));
}

/// What is wrong with a value that no alert has under a name.
std::optional<std::string> value_problem(const std::string& name, const std::string& value,
                                         const std::optional<std::set<std::string>>& values) {
  if (!values || values->contains(value)) return std::nullopt;
  return fmt::format("match.{}: no rule has the value '{}'{}", name, value,
                     suggestion(value, *values, [](const auto& k) { return std::string_view(k); }));
}

/// Reports names and values that no alert has. `names`: which names there are, for the message.
void check_match(Reader& reader, const Table& match, const KnownValues& known, std::string_view names) {
  for (const Member& member : match) {
    const auto found = known.find(member.name);
    if (found == known.end()) {
      reader.error(member.at, unknown_name(member.name, known, names));
      continue;
    }
    if (!std::holds_alternative<List>(member.node.value)) continue;
    for (const Node& item : std::get<List>(member.node.value)) {
      const auto* value = std::get_if<std::string>(&item.value);
      if (value == nullptr) continue;
      if (auto problem = value_problem(member.name, *value, found->second)) reader.error(item.at, std::move(*problem));
    }
  }
}

const std::vector<std::string>& selected(const alerts::Selection& where, std::string_view dimension) {
  if (dimension == "topic") return where.topic;
  return dimension == "entity" ? where.entity : where.source;
}

bool share_one(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& value) {
    return std::find(others.begin(), others.end(), value) != others.end();
  });
}

/// Whether an alert of the rule can have one of the values under the name.
bool can_have(const alerts::RuleOptions& rule, const std::string& name, const std::vector<std::string>& values) {
  if (name == "rule") return share_one(values, {rule.name});
  if (name == "severity") return share_one(values, alerts::severities_of(rule));
  if (std::find(rule.group_by.begin(), rule.group_by.end(), name) != rule.group_by.end()) {
    const auto& where = selected(rule.where, name);
    return where.empty() || share_one(values, where);
  }
  const auto label = rule.labels.find(name);
  return label != rule.labels.end() && share_one(values, {label->second});
}

bool can_match(const alerts::Silence& silence, const std::vector<alerts::RuleOptions>& rules) {
  return std::any_of(rules.begin(), rules.end(), [&](const alerts::RuleOptions& rule) {
    return std::all_of(silence.match.begin(), silence.match.end(),
                       [&](const auto& entry) { return can_have(rule, entry.first, entry.second); });
  });
}

/// Topics and companies of a silence exist, or it is a spelling mistake.
void refer_to_values(Reader& reader, const Table& match, const KnownValues& known) {
  using Kind = Reference::Kind;
  for (const auto& [name, kind] : {std::pair{"topic", Kind::topic}, std::pair{"entity", Kind::entity}}) {
    const Node* values = find(match, name);
    const auto described = known.find(name);
    if (values == nullptr || described == known.end() || described->second) continue;
    const auto* list = std::get_if<List>(&values->value);
    for (const Node& item : list == nullptr ? List{} : *list) {
      if (const auto* value = std::get_if<std::string>(&item.value)) reader.refer(kind, *value, item.at);
    }
  }
}

}  // namespace

void check_webhook_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config) {
  const KnownValues known = values_of_alerts(config.rules);
  for (const Node* webhook : tables) {
    const Table* match = match_of(*webhook);
    if (match != nullptr) check_match(reader, *match, known, "neither severity nor rule nor a label of any rule");
  }
}

void check_silence_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config) {
  const KnownValues known = values_of_series(config.rules);
  for (std::size_t i = 0; i < std::min(tables.size(), config.silences.size()); ++i) {
    const Table* match = match_of(*tables[i]);
    if (match == nullptr || config.silences[i].id.empty()) continue;
    const std::size_t errors = reader.error_count();
    check_match(reader, *match, known, kSilenceNames);
    refer_to_values(reader, *match, known);
    if (reader.error_count() != errors || can_match(config.silences[i], config.rules)) continue;
    reader.error(place_of({*tables[i], ""}, "match"),
                 fmt::format("alerts.silence[{}].match: {}; a silence for each of several rules is a table of its own",
                             i + 1, kNoAlert));
  }
}

std::vector<std::string> silence_doubts(const alerts::Silence& silence, const std::vector<alerts::RuleOptions>& rules,
                                        const KnownIds& ids) {
  const KnownValues known = values_of_series(rules);
  std::vector<std::string> doubts;
  for (const auto& [name, values] : silence.match) {
    const auto found = known.find(name);
    if (found == known.end()) {
      doubts.push_back(unknown_name(name, known, kSilenceNames));
      continue;
    }
    const bool by_topic = name == "topic", by_entity = name == "entity";
    const auto& listed = by_topic ? ids.topics : ids.entities;
    for (const std::string& value : values) {
      if (auto problem = value_problem(name, value, found->second)) {
        doubts.push_back(std::move(*problem));
      } else if (by_topic && ids.former_topics.contains(value)) {
        doubts.push_back(fmt::format("match.topic: '{}' is part of '{}' in this model, which is used instead", value,
                                     ids.former_topics.at(value)));
      } else if (!found->second && (by_topic || by_entity) &&
                 std::find(listed.begin(), listed.end(), value) == listed.end()) {
        doubts.push_back(fmt::format("match.{}: '{}' is not in {}{}", name, value,
                                     by_topic ? "the model" : "the watch list",
                                     suggestion(value, listed, [](const auto& id) { return std::string_view(id); })));
      }
    }
  }
  if (doubts.empty() && !can_match(silence, rules)) doubts.push_back(fmt::format("match: {}", kNoAlert));
  return doubts;
}

}  // namespace tapewatch::config
