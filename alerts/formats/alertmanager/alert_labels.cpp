// Tested by tests/alerts/formats/alertmanager_format_test.cpp
#include "alerts/formats/alertmanager/alert_labels.hpp"

#include <fmt/format.h>

#include "alerts/formats/alert_text.hpp"
#include "config/notation/ascii.hpp"

namespace tapewatch::alerts {
namespace {

std::string label_name(std::string_view name) {
  std::string out;
  for (const char c : name) out += notation::is_ascii_alphanumeric(c) ? c : '_';
  if (out.empty() || (out.front() >= '0' && out.front() <= '9')) out.insert(out.begin(), '_');
  return out;
}

}  // namespace

std::map<std::string, std::string> alert_labels(const ToldMessage& message) {
  std::map<std::string, std::string> labels;
  if (!message.is_alert()) {
    return {{"alertname", "tapewatch_" + label_name(message.type)},
            {"webhook", message.webhook},
            {"severity", message.type == "test" ? "info" : "warning"}};
  }
  labels["alertname"] = message.rule;
  labels["severity"] = message.first_severity();
  for (const auto& [name, value] : message.key) labels.emplace(label_name(name), value);
  // To Alertmanager an empty value means the same as none.
  for (const auto& [name, value] : message.labels) {
    if (!value.empty()) labels.emplace(label_name(name), value);
  }
  return labels;
}

std::map<std::string, std::string> alert_annotations(const ToldMessage& message) {
  std::map<std::string, std::string> annotations{{"summary", message.summary}};
  if (!message.is_alert()) return annotations;
  std::string stories;
  for (const TopStory& story : message.top_stories) {
    stories += fmt::format("{}{}{}{}", stories.empty() ? "" : "\n", story.title, risk_text(story),
                           story.source.empty() ? "" : " (" + story.source + ")");
  }
  if (!stories.empty()) annotations["description"] = stories;
  if (!message.raised_from.empty()) annotations["raised_to"] = message.severity;
  if (!message.runbook_url.empty()) annotations["runbook_url"] = message.runbook_url;
  if (!message.chart_url.empty()) annotations["chart_url"] = message.chart_url;
  annotations["alert_id"] = message.id;
  annotations["stories"] = std::to_string(message.story_count);
  annotations["documents"] = std::to_string(message.document_count);
  for (const auto& [name, value] : message.evidence) annotations[name] = value;
  return annotations;
}

}  // namespace tapewatch::alerts
