// Tested by tests/daemon/commands/score_command_test.cpp
#include "daemon/api/format/explanation_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tapewatch {
namespace {

/// An explained word or phrase as it occurs in the text.
void append_place(notation::JsonWriter& json, std::string_view text, std::size_t start, std::size_t end) {
  json.field("text", text.substr(start, end - start)).field("start", start).field("end", end);
}

/// The risk event that the text tells, and what speaks for other gravities.
void append_risk(notation::JsonWriter& json, const model::RiskScore& risk, const ModelNames& names) {
  const auto event = risk.event();
  if (!event) return;
  json.key("risk").begin_object().field("event", names.events.at(*event));
  json.field("probability", risk.events[*event + 1]).field("gravity", model::to_string(risk.gravity()));
  json.key("gravities").begin_object();
  for (std::size_t i = 0; i < model::kGravities; ++i) json.field(model::kGravityNames[i], risk.gravities[i]);
  json.end_object().end_object();
}

void append_left_out(notation::JsonWriter& json, std::string_view text, const model::BoilerplateSpans& left_out) {
  json.key("left_out").begin_array();
  for (const auto& [span, kind] : left_out) {
    json.begin_object().field("kind", model::to_string(kind));
    append_place(json, text, span.start, span.end);
    json.end_object();
  }
  json.end_array();
}

void append_comparisons(notation::JsonWriter& json, std::string_view text, const model::ComparisonReading& reading) {
  json.key("comparisons").begin_array();
  for (const auto& comparison : reading.found) {
    json.begin_object();
    append_place(json, text, comparison.value_span.start, comparison.value_span.end);
    json.key("with").begin_object();
    append_place(json, text, comparison.reference_span.start, comparison.reference_span.end);
    json.end_object();
    const int outcome = comparison.outcome();
    json.field("outcome", outcome > 0 ? "better" : outcome < 0 ? "worse" : "equal").end_object();
  }
  json.end_array();
  if (!reading.says) return;
  json.key("comparisons_say").begin_object().field("class", model::to_string(*reading.says));
  json.field("logit", reading.logits).end_object();
}

}  // namespace

void append_explanation(notation::JsonWriter& json, std::string_view text, const model::Explanation& explanation,
                        const ModelNames& names, const model::Prior& prior) {
  json.key("explained").begin_object().field("model", names.version);
  json.field("label", model::to_string(explanation.label)).field("probability", explanation.probability).end_object();
  append_risk(json, explanation.risk, names);
  const auto event = explanation.risk.event();
  json.key("tokens").begin_array();
  for (const auto& word : explanation.words) {
    json.begin_object();
    append_place(json, text, word.start, word.end);
    json.field("weight", word.weight);
    if (event) json.field("risk_weight", word.risk_weight);
    json.end_object();
  }
  json.end_array();
  if (!explanation.left_out.empty()) append_left_out(json, text, explanation.left_out);
  if (!explanation.comparisons.found.empty()) append_comparisons(json, text, explanation.comparisons);
  if (!prior.active()) return;
  json.key("rules").begin_array();
  for (const auto& match : explanation.rules) {
    const auto& rule = prior.rules->rules()[match.rule];
    const bool sentiment = rule.head == model::RuleHead::sentiment;
    json.begin_object().field("phrase", rule.phrase);
    append_place(json, text, match.span.start, match.span.end);
    json.field("class",
               sentiment ? model::kSentimentNames.at(rule.index) : std::string_view(names.topics.at(rule.index)));
    json.field("logit", prior.mixing_weight * rule.weight).end_object();
  }
  json.end_array();
}

std::string telling_words(std::string_view text, const model::Explanation& explanation, std::size_t count) {
  auto words = explanation.words;
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.weight) > std::abs(b.weight); });
  words.resize(std::min(words.size(), count));
  std::string line;
  for (const auto& word : words) {
    line += fmt::format("{}{} {:+.2f}", line.empty() ? "" : ", ", text.substr(word.start, word.end - word.start),
                        word.weight);
  }
  return line;
}

}  // namespace tapewatch
