// Tested by tests/model/evaluation/evaluation_test.cpp
#include "model/evaluation/labelled_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/package/topic_slug.hpp"

namespace tapewatch::model {

namespace {

using Target = LabelledTask::Target;

constexpr std::string_view kTaskNames[] = {"sentiment", "topic",        "entity",        "event",
                                           "gravity",   "entity-event", "entity-gravity"};  // by Target

bool is_event(Target target) { return target == Target::event || target == Target::entity_event; }
bool is_gravity(Target target) { return target == Target::gravity || target == Target::entity_gravity; }

/// The risk that the task asks about.
const RiskScore& risk_of(const Prediction& prediction, const LabelledTask& task) {
  return task.asks_entities() && !prediction.entity_risks.empty() ? prediction.entity_risks.front() : prediction.risk;
}

std::vector<std::string> risk_classes(const ModelConfig& config, Target target) {
  if (is_gravity(target)) return {kGravityNames.begin(), kGravityNames.end()};
  std::vector<std::string> classes = {std::string(to_string(Gravity::none))};
  classes.insert(classes.end(), config.events.begin(), config.events.end());
  return classes;
}

/// As the row has it; nothing is written where there is no risk.
std::string label_of(const LabelledText& row, Target target) {
  if (is_event(target)) return row.event.empty() ? std::string(to_string(Gravity::none)) : row.event;
  if (is_gravity(target)) return row.gravity.empty() ? std::string(to_string(Gravity::none)) : row.gravity;
  return target == Target::topic && !row.topic.empty() ? row.topic : row.label;
}

}  // namespace

bool LabelledTask::asks_entities() const {
  return target == Target::entity || target == Target::entity_event || target == Target::entity_gravity;
}

std::span<const std::string_view> task_names() { return kTaskNames; }

LabelledTask make_task(const ModelPackage& package, std::string_view name, std::string_view option) {
  using enum LabelledTask::Target;
  const auto target = static_cast<Target>(std::ranges::find(kTaskNames, name) - std::begin(kTaskNames));
  if (target == sentiment || target == entity) return {target, package.labels()};
  if (target != topic) {
    if (package.config().events.empty()) {
      throw LabelledDataError(fmt::format("{}: the model tells no risk events", option));
    }
    return {target, risk_classes(package.config(), target)};
  }
  if (package.topics().empty()) throw LabelledDataError(fmt::format("{}: the model has no topics", option));
  LabelledTask task{topic, {}, package.config().former_topics};
  for (const auto& known : package.topics()) task.classes.push_back(known.id);
  return task;
}

std::span<const float> probabilities_of(const Prediction& prediction, const LabelledTask& task) {
  using enum LabelledTask::Target;
  if (task.target == topic) return prediction.topics;
  if (is_event(task.target)) return risk_of(prediction, task).events;
  if (is_gravity(task.target)) return risk_of(prediction, task).gravities;
  if (task.target == sentiment || prediction.entities.empty()) return prediction.sentiment;
  return prediction.entities.front().probabilities;
}

std::size_t predicted_class(const Prediction& prediction, const LabelledTask& task) {
  if (is_event(task.target)) {
    const auto event = risk_of(prediction, task).event();
    return event ? *event + 1 : 0;
  }
  if (is_gravity(task.target)) return static_cast<std::size_t>(risk_of(prediction, task).gravity());
  return index_of_largest(probabilities_of(prediction, task));
}

std::vector<std::size_t> true_classes(std::span<const LabelledText> rows, const LabelledTask& task,
                                      std::string_view file) {
  std::vector<std::size_t> truth;
  const bool about_risk = is_event(task.target) || is_gravity(task.target);
  for (const auto& row : rows) {
    if (about_risk && !row.says_risk) {
      throw LabelledDataError(fmt::format("{}:1: expected the columns event and gravity, found neither or one", file));
    }
    const std::string label = label_of(row, task.target);
    const std::string slug = topic_slug(label);  // a sentiment is its own slug
    const auto former = task.former_topics.find(slug);
    const auto found = std::ranges::find(task.classes, former == task.former_topics.end() ? slug : former->second);
    if (found == task.classes.end()) {
      throw LabelledDataError(fmt::format("{}:{}: expected one of the labels {}; found \"{}\"", file, row.line,
                                          fmt::join(task.classes, ", "), label));
    }
    truth.push_back(static_cast<std::size_t>(found - task.classes.begin()));
  }
  return truth;
}

}  // namespace tapewatch::model
