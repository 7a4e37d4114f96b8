// Tested by tests/config/schema/silence_test.cpp
#include "config/schema/matches.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace tapewatch::config {
namespace {

/// The values that alerts have under each name; nullopt: any.
using KnownValues = std::map<std::string, std::optional<std::set<std::string>>>;

KnownValues values_of_alerts(const Config& config) {
  KnownValues known;
  known["severity"].emplace(alerts::kSeverities.begin(), alerts::kSeverities.end());
  known["rule"].emplace();
  for (const auto& rule : config.rules) {
    known["rule"]->insert(rule.name);
    for (const auto& [label, value] : rule.labels) {
      auto& values = known[label];
      if (!values) values.emplace();
      values->insert(value);
    }
  }
  return known;
}

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

/// Reports names and values that no alert has. `names`: which names there are, for the message.
void check_match(Reader& reader, const Table& match, const KnownValues& known, std::string_view names) {
  for (const Member& member : match) {
    const auto found = known.find(member.name);
    if (found == known.end()) {
      reader.error(member.at, fmt::format("match: '{}' is {}{}", member.name, names,
                                          suggestion(member.name, known,
                                                     [](const auto& k) { return std::string_view(k.first); })));
      continue;
    }
    const auto& values = found->second;
    if (!values || !std::holds_alternative<List>(member.node.value)) continue;
    for (const Node& item : std::get<List>(member.node.value)) {
      const auto* value = std::get_if<std::string>(&item.value);
      if (value == nullptr || values->contains(*value)) continue;
      reader.error(item.at,
                   fmt::format("match.{}: no rule has the value '{}'{}", member.name, *value,
                               suggestion(*value, *values, [](const auto& k) { return std::string_view(k); })));
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
  if (name == "severity") return share_one(values, {rule.severity, rule.escalated_severity});
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
  const KnownValues known = values_of_alerts(config);
  for (const Node* webhook : tables) {
    const Table* match = match_of(*webhook);
    if (match != nullptr) check_match(reader, *match, known, "neither severity nor rule nor a label of any rule");
  }
}

void check_silence_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config) {
  KnownValues known = values_of_alerts(config);
  for (const auto& rule : config.rules) {
    for (const std::string& dimension : rule.group_by) known[dimension] = std::nullopt;
  }
  for (std::size_t i = 0; i < std::min(tables.size(), config.silences.size()); ++i) {
    const Table* match = match_of(*tables[i]);
    if (match == nullptr || config.silences[i].id.empty()) continue;
    const std::size_t errors = reader.error_count();
    check_match(reader, *match, known,
                "neither rule nor severity, nor what any rule groups by, nor a label of any rule");
    refer_to_values(reader, *match, known);
    if (reader.error_count() != errors || can_match(config.silences[i], config.rules)) continue;
    reader.error(
        place_of({*tables[i], ""}, "match"),
        fmt::format("alerts.silence[{}].match: no rule has alerts that all of it holds for; a silence for each "
                    "of several rules is a table of its own",
                    i + 1));
  }
}

}  // namespace tapewatch::config
