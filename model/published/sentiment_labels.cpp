// Tested by tests/model/published/model_import_test.cpp
#include "model/published/sentiment_labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "config/notation/ascii.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

struct Name {
  std::string_view text;
  Sentiment meaning;
};
constexpr Name kNames[] = {
    {"positive", Sentiment::positive}, {"pos", Sentiment::positive},     {"bullish", Sentiment::positive},
    {"neutral", Sentiment::neutral},   {"neu", Sentiment::neutral},      {"negative", Sentiment::negative},
    {"neg", Sentiment::negative},      {"bearish", Sentiment::negative},
};

std::optional<Sentiment> meaning_of(const std::string& label, const LabelOptions& options) {
  for (const auto& [name, meaning] : options.assigned) {
    if (name == label) return meaning;
  }
  const auto found = std::find_if(std::begin(kNames), std::end(kNames),
                                  [&](const Name& name) { return name.text == notation::ascii_lower(label); });
  return found == std::end(kNames) ? std::nullopt : std::optional(found->meaning);
}

void check_assignments(std::span<const std::string> labels, const LabelOptions& options) {
  for (const auto& [name, meaning] : options.assigned) {
    if (std::find(labels.begin(), labels.end(), name) == labels.end()) {
      throw ModelError(
          fmt::format("--label {}: expected one of this model's labels {}, found \"{}\"", name, labels, name));
    }
  }
}

void refuse_unknown(std::span<const std::string> labels, const std::vector<std::string>& unknown) {
  std::vector<std::string> suggestions;
  suggestions.reserve(unknown.size());
  for (const auto& label : unknown) suggestions.push_back(fmt::format("--label \"{}=…\"", label));
  throw ModelError(
      fmt::format("id2label: the labels are {}: say what {} mean{}, positive, neutral or negative: {}; several labels "
                  "may mean the same",
                  labels, fmt::join(unknown, ", "), unknown.size() == 1 ? "s" : "", fmt::join(suggestions, " ")));
}

}  // namespace

std::pair<std::string, Sentiment> parse_label_assignment(std::string_view text) {
  const auto at = text.rfind('=');
  const auto meaning = at == std::string_view::npos ? std::nullopt : sentiment_named(text.substr(at + 1));
  if (!meaning || at == 0) {
    throw ModelError(fmt::format(
        "--label {}: expected LABEL=positive, LABEL=neutral or LABEL=negative, as in LABEL_0=negative", text));
  }
  return {std::string(text.substr(0, at)), *meaning};
}

std::vector<Sentiment> map_labels(std::span<const std::string> labels, const LabelOptions& options) {
  check_assignments(labels, options);
  std::vector<Sentiment> meanings;
  std::vector<std::string> unknown;
  for (const auto& label : labels) {
    if (const auto meaning = meaning_of(label, options)) {
      meanings.push_back(*meaning);
    } else {
      unknown.push_back(label);
    }
  }
  if (!unknown.empty()) refuse_unknown(labels, unknown);
  const auto has = [&](Sentiment meaning) { return std::count(meanings.begin(), meanings.end(), meaning) > 0; };
  for (const auto needed : {Sentiment::positive, Sentiment::negative}) {
    if (has(needed)) continue;
    throw ModelError(fmt::format("id2label: expected a label for {}, found none among {}",
                                 kSentimentNames[static_cast<std::size_t>(needed)], labels));
  }
  if (has(Sentiment::neutral) == options.without_neutral) {
    throw ModelError(
        options.without_neutral
            ? "--without-neutral: this model has a label for neutral; leave the option out"
            : fmt::format("id2label: none of {} means neutral, so every text would count as positive "
                          "or negative and plain news would raise false alarms; if that is what you want, add "
                          "--without-neutral (and set model.abstain_below, which leaves out what the "
                          "model is unsure of)",
                          labels));
  }
  return meanings;
}

}  // namespace tapewatch::model
