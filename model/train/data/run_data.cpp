// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/data/run_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include "model/gravity.hpp"
#include "model/prediction.hpp"
#include "model/train/data/training_text.hpp"
#include "model/train/report/model_card.hpp"

namespace tapewatch::model::train {
namespace {

using Log = std::function<void(const std::string&)>;

/// The topics of the model directory that the run starts from: they stay if no file names topics.
std::vector<TopicName> topics_of_encoder(const TrainOptions& options) {
  std::vector<TopicName> topics;
  if (!options.from_scratch.empty()) return topics;
  for (const auto& topic : read_encoder(options.encoder).trained.value_or(TrainedHeads{}).topics) {
    if (topic.id != kNoTopics.id) topics.push_back(topic);
  }
  return topics;
}

/// Likewise for risk events.
std::vector<std::string> events_of_encoder(const TrainOptions& options) {
  if (!options.from_scratch.empty()) return {};
  return read_encoder(options.encoder).trained.value_or(TrainedHeads{}).events;
}

/// Moves a share of the labelled training texts to the validation texts, chosen by the seed.
void hold_out(Corpus& train, Corpus& valid, const TrainOptions& options) {
  Random random(options.seed);
  std::vector<TrainingText> kept;
  for (auto& text : train.texts) {
    const bool held = text.labelled() && uniform(random) < options.valid_share;
    (held ? valid.texts : kept).push_back(std::move(text));
  }
  train.texts = std::move(kept);
}

/// A teacher's prediction for a validation text would reveal its label.
void forget_validation(std::vector<TrainingText>& train, const std::vector<TrainingText>& valid) {
  std::unordered_set<std::string_view> known;
  for (const auto& text : valid) known.insert(text.text);
  std::erase_if(train, [&](const TrainingText& text) { return !text.labelled() && known.contains(text.text); });
}

}  // namespace

std::vector<std::string> class_names(Task task, const RunData& data) {
  std::vector<std::string> names;
  switch (task) {
    case Task::sentiment:
    case Task::entity:
      return {kSentimentNames.begin(), kSentimentNames.end()};
    case Task::topic:
      for (const auto& topic : data.topics) names.push_back(topic.id);
      return names;
    case Task::event:
    case Task::entity_event:
      names.emplace_back(to_string(Gravity::none));
      names.insert(names.end(), data.events.begin(), data.events.end());
      return names;
    case Task::gravity:
    case Task::entity_gravity:
      return {kGravityNames.begin(), kGravityNames.end()};
  }
  return names;
}

void report_rows(const RawCorpus& raw, const BadRows& bad, const Corpus& corpus, double limit, std::string_view what,
                 const Log& log) {
  bad.check(limit);
  for (const auto& row : bad.shown()) log(row);
  if (bad.size() > 0) log(fmt::format("{} {} rows left out", bad.size(), what));
  if (corpus.contradictions > 0) {
    log(fmt::format("{} {} rows contradict an earlier one of the same text: left out", corpus.contradictions, what));
  }
  for (const auto& [source, rows] : raw.left_out) {
    log(fmt::format("{} {} rows of source `{}` are left out: --sources does not name it", rows, what, source));
  }
}

RunData read_run_data(const TrainOptions& options, const Log& log) {
  RunData data;
  BadRows bad, bad_valid;
  const auto raw = read_files(options.train, options.sources, bad);
  data.topics = topics_in(raw);
  if (data.topics.empty()) data.topics = topics_of_encoder(options);
  data.events = events_in(raw);
  if (data.events.empty()) data.events = events_of_encoder(options);
  const LabelNames classes{data.topics, data.events};
  auto train = join_texts(raw, classes, bad);
  report_rows(raw, bad, train, options.max_bad_rows, "training", log);
  const auto is_labelled = [](const TrainingText& text) { return text.labelled(); };
  if (std::ranges::none_of(train.texts, is_labelled)) {
    throw std::runtime_error("no training rows: check --sentiment, --topic, --entity and --sources");
  }
  // Validation shows every source, trained on or not.
  const auto raw_valid = read_files(options.valid, {}, bad_valid);
  auto valid = join_texts(raw_valid, classes, bad_valid);
  report_rows(raw_valid, bad_valid, valid, options.max_bad_rows, "validation", log);

  const auto& files = options.valid;
  if (files.sentiment.empty() && files.topic.empty() && files.entity.empty()) {
    hold_out(train, valid, options);
    log(fmt::format("no validation file: {} of the training texts are held out (--valid-share)", valid.texts.size()));
  }
  data.train = std::move(train.texts);
  data.valid = std::move(valid.texts);
  forget_validation(data.train, data.valid);
  data.labelled = static_cast<std::size_t>(std::ranges::count_if(data.train, is_labelled));
  std::set<std::string> names;
  for (const auto& text : data.train) {
    for (const auto& entity : text.entities) names.insert(entity.name);
  }
  data.entity_names.assign(names.begin(), names.end());
  return data;
}

}  // namespace tapewatch::model::train
