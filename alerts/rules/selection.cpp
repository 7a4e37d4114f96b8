#include "alerts/rules/selection.hpp"

#include <algorithm>
#include <cctype>

#include "alerts/detector/recent_stories.hpp"
#include "config/notation/ascii.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kMaxDisplayBytes = 120;

bool accepts(const std::vector<std::string>& accepted, const std::string& value) {
  return accepted.empty() || std::find(accepted.begin(), accepted.end(), value) != accepted.end();
}

bool shares(const std::vector<std::string>& accepted, const std::vector<std::string>& values) {
  return accepted.empty() || std::any_of(values.begin(), values.end(), [&](const std::string& value) {
           return std::find(accepted.begin(), accepted.end(), value) != accepted.end();
         });
}

bool groups_by(const RuleOptions& rule, std::string_view dimension) {
  return std::find(rule.group_by.begin(), rule.group_by.end(), dimension) != rule.group_by.end();
}

/// "fed-central-banks" -> "Fed Central Banks"
std::string words_of(const std::string& id) {
  std::string words = id;
  bool start = true;
  for (char& c : words) {
    if (c == '-') c = ' ';
    if (start) c = notation::ascii_upper(c);
    start = c == ' ';
  }
  return words;
}

void add_display(std::string& display, const std::string& part) {
  if (!display.empty()) display += " / ";
  display += part;
}

}  // namespace

std::vector<Membership> memberships(const RuleOptions& rule, const Observation& row) {
  if (!accepts(rule.where.topic, row.topic) || !accepts(rule.where.source, row.source)) return {};

  const bool own_tags =
      std::any_of(row.entities.begin(), row.entities.end(), [](const ObservedEntity& e) { return !e.tags.empty(); });
  std::vector<const ObservedEntity*> entities;
  for (const ObservedEntity& entity : row.entities) {
    const bool repeated =
        std::any_of(entities.begin(), entities.end(), [&](const ObservedEntity* e) { return e->id == entity.id; });
    if (!repeated && accepts(rule.where.entity, entity.id) &&
        shares(rule.where.tag, own_tags ? entity.tags : row.tags)) {
      entities.push_back(&entity);
    }
  }
  const bool by_entity = groups_by(rule, "entity");
  if ((by_entity || !rule.where.entity.empty() || !rule.where.tag.empty()) && entities.empty()) return {};

  const auto since = [&](const ObservedEntity* entity) { return entity->named_at > 0 ? entity->named_at : row.seq; };
  Membership common;
  common.since = row.seq;
  if (!rule.where.entity.empty() || !rule.where.tag.empty()) {
    const auto first = [&](const auto* a, const auto* b) { return since(a) < since(b); };
    common.since = since(*std::min_element(entities.begin(), entities.end(), first));
  }
  if (groups_by(rule, "source")) {
    common.key["source"] = row.source;
    add_display(common.display, row.source);
  }
  if (groups_by(rule, "topic")) {
    if (row.topic.empty()) return {};
    common.key["topic"] = row.topic;
    add_display(common.display, words_of(row.topic));
  }
  std::vector<Membership> out;
  if (by_entity) {
    for (const ObservedEntity* entity : entities) {
      Membership member = common;
      member.key["entity"] = entity->id;
      std::string display = entity->name.empty() ? entity->id : entity->name;
      if (!member.display.empty()) display += " / " + member.display;
      member.display = cut_text(display, kMaxDisplayBytes);
      member.label = entity->label;
      member.sentiment = entity->sentiment;
      member.risk = entity->risk;
      member.since = since(entity);
      out.push_back(std::move(member));
    }
    return out;
  }
  common.label = row.label;
  common.sentiment = row.sentiment;
  common.risk = row.risk;
  common.display = cut_text(common.display.empty() ? rule.name : common.display, kMaxDisplayBytes);
  out.push_back(std::move(common));
  return out;
}

}  // namespace tapewatch::alerts
