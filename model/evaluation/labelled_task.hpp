#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/evaluation/labelled_data.hpp"
#include "model/package/model_package.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {

/// The task that labelled texts set for a model.
struct LabelledTask {
  enum class Target { sentiment, topic, entity, event, gravity, entity_event, entity_gravity };
  Target target = Target::sentiment;
  std::vector<std::string> classes;  // ids, in the order of the probabilities
  FormerTopics former_topics = {};   // of the model: rows labelled with one are of the topic that holds it

  /// Whether the rows ask about a company.
  bool asks_entities() const;
};

/// The names of the tasks: sentiment, topic, entity (sentiment towards it), event and gravity of a risk, and those
/// towards a company, entity-event and entity-gravity.
std::span<const std::string_view> task_names();

/// `name`: one of task_names(). Throws LabelledDataError that begins with `option` if the model has no topics, or no
/// risk events; entities are allowed without an entity head, see probabilities_of.
LabelledTask make_task(const ModelPackage& package, std::string_view name, std::string_view option);

/// The model's probabilities for the task; for an entity a model without an entity head gives those of the text.
std::span<const float> probabilities_of(const Prediction& prediction, const LabelledTask& task);

/// The class that the product gives the text: of a risk the one that is told, else the most probable one.
std::size_t predicted_class(const Prediction& prediction, const LabelledTask& task);

/// The index of each row's class: a topic is given by its id, a former id, or by its name. Throws LabelledDataError
/// that names `file` and the line of an unknown label.
std::vector<std::size_t> true_classes(std::span<const LabelledText> rows, const LabelledTask& task,
                                      std::string_view file);

}  // namespace tapewatch::model
