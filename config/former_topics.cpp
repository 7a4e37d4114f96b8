#include "config/former_topics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tapewatch::config {

std::string former_topic_words(const std::string& former, const std::string& topic) {
  return fmt::format(
      "the topic '{}' is part of '{}' in this model, which is used instead; what an earlier model has scored keeps its "
      "topics until `tapewatch rescore`",
      former, topic);
}

std::vector<ConfigError> former_topic_warnings(std::span<const Reference> references, const FormerTopics& former) {
  std::vector<ConfigError> warnings;
  for (const Reference& reference : references) {
    if (reference.kind != Reference::Kind::topic) continue;
    const auto found = former.find(reference.id);
    if (found == former.end()) continue;
    warnings.push_back({reference.file, reference.line, reference.column,
                        "warning: " + former_topic_words(found->first, found->second)});
  }
  return warnings;
}

void rename_topics(std::vector<std::string>& ids, const FormerTopics& former) {
  std::vector<std::string> renamed;
  for (auto& id : ids) {
    const auto found = former.find(id);
    const std::string& now = found == former.end() ? id : found->second;
    if (std::ranges::find(renamed, now) == renamed.end()) renamed.push_back(now);
  }
  ids = std::move(renamed);
}

void rename_topics(alerts::RuleOptions& rule, const FormerTopics& former) {
  rename_topics(rule.where.topic, former);
  for (auto& entry : rule.calendar_entries) rename_topics(entry.topic, former);
}

void rename_topics(alerts::Silence& silence, const FormerTopics& former) {
  if (const auto ids = silence.match.find("topic"); ids != silence.match.end()) rename_topics(ids->second, former);
}

void rename_topics(Config& config, const FormerTopics& former) {
  if (former.empty()) return;
  for (auto& rule : config.rules) rename_topics(rule, former);
  for (auto& silence : config.silences) rename_topics(silence, former);
}

}  // namespace tapewatch::config
