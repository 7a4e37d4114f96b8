#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/toml/load.hpp"

namespace tapewatch::config {

/// Says that a topic's former id stands for another: "the topic 'financials' is part of 'earnings' in this model, …".
std::string former_topic_words(const std::string& former, const std::string& topic);

/// A warning for each former id that rules, calendars and silences name, at its place.
std::vector<ConfigError> former_topic_warnings(std::span<const Reference> references, const FormerTopics& former);

/// Puts the topics that hold their texts in the place of former ids: in rules, their calendars and silences.
void rename_topics(Config& config, const FormerTopics& former);
void rename_topics(alerts::RuleOptions& rule, const FormerTopics& former);
void rename_topics(alerts::Silence& silence, const FormerTopics& former);
/// In a list of ids; each stays once.
void rename_topics(std::vector<std::string>& ids, const FormerTopics& former);

}  // namespace tapewatch::config
