#include "daemon/commands/eval_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "ingest/entity_finder.hpp"
#include "model/classify_parallel.hpp"
#include "model/topic_slug.hpp"

namespace tapewatch {
namespace {

using Target = EvalTask::Target;

// A topic is given by its id or by its name; a sentiment's slug is itself.
std::vector<std::size_t> true_classes(const std::vector<model::LabelledText>& rows, const EvalTask& task,
                                      const std::string& file) {
  std::vector<std::size_t> truth;
  for (const auto& row : rows) {
    const auto found = std::find(task.classes.begin(), task.classes.end(), model::topic_slug(row.label));
    if (found == task.classes.end()) {
      throw model::LabelledDataError(fmt::format("{}:{}: expected one of the labels {}; found \"{}\"", file, row.line,
                                                 fmt::join(task.classes, ", "), row.label));
    }
    truth.push_back(static_cast<std::size_t>(found - task.classes.begin()));
  }
  return truth;
}

/// Where each row names its entity, all mentions of it; one element a row, or none without entities.
std::vector<model::Mentions> find_entities(const std::vector<model::LabelledText>& rows, const std::string& file) {
  std::vector<model::Mentions> all;
  for (const auto& row : rows) {
    if (row.entity.empty()) {
      throw model::LabelledDataError(fmt::format("{}:{}: expected an entity, found none", file, row.line));
    }
    const ingest::EntityFinder finder({{.id = row.entity, .name = row.entity}});
    auto& mentions = all.emplace_back();
    for (const auto& mention : finder.find_all(row.text, {})) mentions.push_back({mention.start, mention.end});
  }
  return all;
}

/// All rows through one classifier a core.
std::vector<model::Prediction> predict(const std::shared_ptr<const model::ModelPackage>& package,
                                       const std::vector<model::LabelledText>& rows,
                                       const std::vector<model::Mentions>& entities, const model::Prior& prior) {
  std::vector<model::TextInput> texts;
  for (const auto& row : rows) texts.push_back({.text = row.text});
  for (std::size_t i = 0; i < entities.size(); ++i) texts[i].entities = std::span(entities).subspan(i, 1);
  return model::classify_parallel(package, texts, std::thread::hardware_concurrency(), {.prior = prior});
}

/// The rows of the sources asked for.
std::vector<model::LabelledText> rows_of(const std::string& file, const std::vector<std::string>& sources) {
  auto rows = model::read_labelled(file);
  if (sources.empty()) return rows;
  std::erase_if(rows, [&](const auto& row) { return std::ranges::find(sources, row.source) == sources.end(); });
  if (rows.empty()) {
    throw model::LabelledDataError(fmt::format("{}: expected rows of {}, found none", file, fmt::join(sources, ", ")));
  }
  return rows;
}

}  // namespace

EvalTask make_task(const model::ModelPackage& package, const std::string& name) {
  if (name != "topic") return {name == "entity" ? Target::entity : Target::sentiment, package.labels()};
  if (package.topics().empty()) throw model::LabelledDataError("--task topic: the model knows no topics");
  EvalTask task{Target::topic, {}};
  for (const auto& topic : package.topics()) task.classes.push_back(topic.id);
  return task;
}

std::span<const float> probabilities_of(const model::Prediction& prediction, const EvalTask& task) {
  if (task.target == Target::topic) return prediction.topics;
  if (task.target == Target::sentiment || prediction.entities.empty()) return prediction.sentiment;
  return prediction.entities.front().probabilities;
}

LabelledScores score_labelled(const std::string& file, const std::vector<std::string>& sources,
                              const std::shared_ptr<const model::ModelPackage>& package, const EvalTask& task,
                              const model::Prior& prior) {
  LabelledScores scores;
  scores.rows = rows_of(file, sources);
  scores.truth = true_classes(scores.rows, task, file);
  if (task.target == Target::entity) scores.mentions = find_entities(scores.rows, file);
  scores.predictions = predict(package, scores.rows, scores.mentions, prior);
  return scores;
}

}  // namespace tapewatch
