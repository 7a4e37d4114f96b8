// Tested by tests/model/evaluation/evaluation_test.cpp
#include "model/evaluation/labelled_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/package/topic_slug.hpp"

namespace tapewatch::model {

LabelledTask make_task(const ModelPackage& package, std::string_view name, std::string_view option) {
  using enum LabelledTask::Target;
  if (name != "topic") return {name == "entity" ? entity : sentiment, package.labels()};
  if (package.topics().empty()) throw LabelledDataError(fmt::format("{}: the model has no topics", option));
  LabelledTask task{topic, {}, package.config().former_topics};
  for (const auto& known : package.topics()) task.classes.push_back(known.id);
  return task;
}

std::span<const float> probabilities_of(const Prediction& prediction, const LabelledTask& task) {
  using enum LabelledTask::Target;
  if (task.target == topic) return prediction.topics;
  if (task.target == sentiment || prediction.entities.empty()) return prediction.sentiment;
  return prediction.entities.front().probabilities;
}

std::vector<std::size_t> true_classes(std::span<const LabelledText> rows, const LabelledTask& task,
                                      std::string_view file) {
  std::vector<std::size_t> truth;
  for (const auto& row : rows) {
    const auto& label = task.target == LabelledTask::Target::topic && !row.topic.empty() ? row.topic : row.label;
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
