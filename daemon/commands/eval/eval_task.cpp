// Tested by tests/daemon/commands/eval_command_test.cpp
#include "daemon/commands/eval/eval_task.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daemon/pipeline/scoring/scheduler.hpp"
#include "ingest/entity/entity_finder.hpp"

namespace tapewatch {
namespace {

/// All mentions of each row's entity; one element per row, or none without entities.
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

/// Scores all rows on every core.
std::vector<model::Prediction> predict(const std::shared_ptr<const model::ModelPackage>& package,
                                       const std::vector<model::LabelledText>& rows,
                                       const std::vector<model::Mentions>& entities, const model::Prior& prior) {
  std::vector<model::TextInput> texts;
  texts.reserve(rows.size());
  for (const auto& row : rows) texts.push_back({.text = row.text});
  for (std::size_t i = 0; i < entities.size(); ++i) texts[i].entities = std::span(entities).subspan(i, 1);
  return Scheduler(package, {.prior = prior}).classify(texts, Lane::requests);
}

/// The rows of the requested sources.
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

LabelledScores score_labelled(const std::string& file, const std::vector<std::string>& sources,
                              const std::shared_ptr<const model::ModelPackage>& package,
                              const model::LabelledTask& task, const model::Prior& prior) {
  LabelledScores scores;
  scores.rows = rows_of(file, sources);
  scores.truth = model::true_classes(scores.rows, task, file);
  if (task.asks_entities()) scores.mentions = find_entities(scores.rows, file);
  scores.predictions = predict(package, scores.rows, scores.mentions, prior);
  return scores;
}

}  // namespace tapewatch
