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
  TextLogits logits{.sentiment = torch::zeros({count, network.shape().sentiments}),
                    .topic = torch::zeros({count, network.shape().topics}),
                    .entity = {},
                    .first_entity = {0}};
  for (const auto& row : rows) {
    logits.first_entity.push_back(logits.first_entity.back() + static_cast<std::int64_t>(row.entities.size()));
  }
  logits.entity = torch::zeros({logits.first_entity.back(), network.shape().sentiments});
  return logits;
}

void predict_rows(const Network& network, const std::vector<EncodedRow>& rows, std::vector<std::size_t> chosen,
                  std::int64_t batch, TextLogits& logits) {
  torch::NoGradGuard no_grad;
  for (const auto& part : plan_by_length(rows, std::move(chosen), batch)) {
    const auto found = network.forward(make_batch(rows, part).input, false);
    const std::vector<std::int64_t> places(part.begin(), part.end());
    const auto index = torch::tensor(places, torch::kLong);
    logits.sentiment.index_copy_(0, index, found.sentiment);
    logits.topic.index_copy_(0, index, found.topic);
    if (!found.entity.defined()) continue;
    std::vector<std::int64_t> entities;
    for (const auto row : part) {
      for (auto i = logits.first_entity[row]; i < logits.first_entity[row + 1]; ++i) entities.push_back(i);
    }
    logits.entity.index_copy_(0, torch::tensor(entities, torch::kLong), found.entity);
  }
}

ScoredRows scored_rows(const TextLogits& logits, const std::vector<TrainingText>& texts, Task task) {
  ScoredRows scored;
  std::vector<std::int64_t> places, labels;
  std::vector<float> scores;
  const auto add = [&](std::size_t text, std::int64_t place, std::int64_t label, float score, const std::string& source,
                       std::size_t entity = 0) {
    if (label == kNoLabel) return;
    places.push_back(place);
    scores.push_back(score);
    labels.push_back(label);
    scored.sources.push_back(source);
    scored.texts.push_back(text);
    scored.entities.push_back(entity);
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& text = texts[i];
    if (task == Task::sentiment) {
      add(i, static_cast<std::int64_t>(i), text.sentiment, text.score, text.sentiment_source);
    }
    if (task == Task::topic) add(i, static_cast<std::int64_t>(i), text.topic, 0.0F, text.topic_source);
    if (task != Task::entity) continue;
    for (std::size_t k = 0; k < text.entities.size(); ++k) {
      const auto& entity = text.entities[k];
      add(i, logits.first_entity[i] + static_cast<std::int64_t>(k), entity.label, entity.score, text.entity_source, k);
    }
  }
  const auto& all = task == Task::sentiment ? logits.sentiment : task == Task::topic ? logits.topic : logits.entity;
  scored.logits = all.index_select(0, torch::tensor(places, torch::kLong));
  scored.labels = torch::tensor(labels, torch::kLong);
  if (task != Task::topic) scored.scores = torch::tensor(scores);
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
