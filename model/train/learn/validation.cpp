// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/learn/validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tapewatch::model::train {
namespace {

double macro_f1(const torch::Tensor& predicted, const torch::Tensor& labels, std::int64_t classes) {
  double sum = 0.0, occurring = 0.0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const auto said = (predicted == c), is = (labels == c);
    const auto total = is.sum().item<double>();
    if (total == 0.0) continue;
    const auto both = (said & is).sum().item<double>();
    sum += 2.0 * both / (said.sum().item<double>() + total);
    occurring += 1.0;
  }
  return occurring == 0.0 ? 0.0 : sum / occurring;
}

std::optional<double> squared_error(const torch::Tensor& logits, const torch::Tensor& scores,
                                    const torch::Tensor& rows) {
  if (!scores.defined()) return std::nullopt;
  const auto probabilities = torch::softmax(logits, 1);
  const auto said = probabilities.select(1, 0) - probabilities.select(1, 2);
  return (said - scores.index_select(0, rows)).pow(2).mean().item<double>();
}

}  // namespace

TextLogits empty_logits(const Network& network, const std::vector<EncodedRow>& rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const auto& shape = network.shape();
  TextLogits logits{.all = {torch::zeros({count, shape.sentiments}), torch::zeros({count, shape.topics}), {}},
                    .first_entity = {0}};
  for (const auto& row : rows) {
    logits.first_entity.push_back(logits.first_entity.back() + static_cast<std::int64_t>(row.entities.size()));
  }
  const auto entities = logits.first_entity.back();
  if (shape.entity_heads > 0) logits.all.entity = torch::zeros({entities, shape.sentiments});
  if (shape.events > 0) logits.all.risk = torch::zeros({count, shape.risks()});
  if (shape.events > 0 && shape.entity_heads > 0) logits.all.entity_risk = torch::zeros({entities, shape.risks()});
  return logits;
}

void predict_rows(const Network& network, const std::vector<EncodedRow>& rows, std::vector<std::size_t> chosen,
                  std::int64_t batch, TextLogits& logits) {
  torch::NoGradGuard no_grad;
  for (const auto& part : plan_by_length(rows, std::move(chosen), batch)) {
    const auto found = network.forward(make_batch(rows, part).input, false);
    const std::vector<std::int64_t> places(part.begin(), part.end());
    const auto index = torch::tensor(places, torch::kLong);
    logits.all.sentiment.index_copy_(0, index, found.sentiment);
    logits.all.topic.index_copy_(0, index, found.topic);
    if (found.risk.defined()) logits.all.risk.index_copy_(0, index, found.risk);
    if (!found.entity.defined()) continue;
    std::vector<std::int64_t> entities;
    for (const auto row : part) {
      for (auto i = logits.first_entity[row]; i < logits.first_entity[row + 1]; ++i) entities.push_back(i);
    }
    const auto asked = torch::tensor(entities, torch::kLong);
    logits.all.entity.index_copy_(0, asked, found.entity);
    if (found.entity_risk.defined()) logits.all.entity_risk.index_copy_(0, asked, found.entity_risk);
  }
}

ScoredRows scored_rows(const TextLogits& logits, const std::vector<TrainingText>& texts, Task task) {
  ScoredRows scored;
  std::vector<std::int64_t> places, labels;
  std::vector<float> scores;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& text = texts[i];
    const std::size_t items = asks_entities(task) ? text.entities.size() : 1;
    for (std::size_t item = 0; item < items; ++item) {
      const auto label = label_of(text, task, item);
      if (label == kNoLabel) continue;
      const auto first = asks_entities(task) ? logits.first_entity[i] : static_cast<std::int64_t>(i);
      places.push_back(first + static_cast<std::int64_t>(item));
      labels.push_back(label);
      scores.push_back(task == Task::entity ? text.entities[item].score : text.score);
      scored.sources.push_back(source_of(text, task));
      scored.texts.push_back(i);
      scored.entities.push_back(item);
    }
  }
  scored.logits = logits.of(task).index_select(0, torch::tensor(places, torch::kLong));
  scored.labels = torch::tensor(labels, torch::kLong);
  if (task == Task::sentiment || task == Task::entity) scored.scores = torch::tensor(scores);
  return scored;
}

std::vector<SourceScore> by_source(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task) {
  std::map<std::string, std::vector<std::int64_t>> groups;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    groups[scored.sources[i]].push_back(static_cast<std::int64_t>(i));
    if (task == Task::entity && texts[scored.texts[i]].conflicting()) {
      groups[fmt::format("{}{}", scored.sources[i], kConflicting)].push_back(static_cast<std::int64_t>(i));
    }
  }
  std::vector<SourceScore> scores;
  for (const auto& [source, places] : groups) {
    const auto rows = torch::tensor(places, torch::kLong);
    const auto logits = scored.logits.index_select(0, rows), labels = scored.labels.index_select(0, rows);
    const auto predicted = logits.argmax(1);
    scores.push_back({.task = task,
                      .source = source,
                      .rows = rows.numel(),
                      .accuracy = (predicted == labels).to(torch::kDouble).mean().item<double>(),
                      .macro_f1 = macro_f1(predicted, labels, logits.size(1)),
                      .loss = torch::cross_entropy_loss(logits, labels).item<double>(),
                      .squared_error = squared_error(logits, scored.scores, rows)});
  }
  return scores;
}

}  // namespace tapewatch::model::train
