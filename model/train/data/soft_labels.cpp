// Tested by tests/train/learn/distillation_test.cpp
#include "model/train/data/soft_labels.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

namespace tapewatch::model::train {
namespace {

namespace json = boost::json;

std::vector<float> softened(const json::value& logits, std::size_t classes, double temperature) {
  const auto& list = logits.as_array();
  if (list.size() != classes) throw std::runtime_error(fmt::format("{} logits, expected {}", list.size(), classes));
  std::vector<double> values;
  for (const auto& logit : list) values.push_back(logit.to_number<double>() / temperature);
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (auto& value : values) sum += value = std::exp(value - largest);
  std::vector<float> probabilities;
  for (const auto value : values) probabilities.push_back(static_cast<float>(value / sum));
  return probabilities;
}

/// Adds one teacher's probabilities; their sum shows the number of teachers.
void add(std::vector<float>& to, const std::vector<float>& probabilities) {
  to.resize(probabilities.size());
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += probabilities[i];
}

void average(std::vector<float>& probabilities) {
  const float sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0F);
  for (auto& value : probabilities) value /= sum;
}

/// For each of the run's topics its place in the teacher's list.
std::vector<std::size_t> topic_places(const json::object& header, std::span<const TopicName> topics) {
  const auto& theirs = header.at("topics").as_array();
  std::vector<std::size_t> places;
  for (const auto& topic : topics) {
    const auto found = std::find(theirs.begin(), theirs.end(), json::value(topic.id));
    if (found == theirs.end() || theirs.size() != topics.size()) {
      throw std::runtime_error("its topics are not this run's");
    }
    places.push_back(static_cast<std::size_t>(found - theirs.begin()));
  }
  return places;
}

void fill(torch::Tensor& tensor, std::int64_t row, const std::vector<float>& values) {
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>() + row * tensor.size(1));
}

}  // namespace

std::string text_key(std::string_view text) {
  const auto hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

SoftLabels::SoftLabels(const std::vector<std::string>& files, const std::vector<TrainingText>& texts,
                       std::span<const TopicName> topics, double temperature)
    : topics_(topics.size()) {
  if (files.empty()) return;
  texts_.resize(texts.size());
  for (const auto& text : texts) entities_.push_back(text.entities.size());
  for (const auto& file : files) read(file, texts, topics, temperature);
  for (auto& text : texts_) {
    average(text.sentiment);
    average(text.topic);
    for (auto& entity : text.entities) average(entity);
  }
}

void SoftLabels::read(const std::string& path, const std::vector<TrainingText>& texts,
                      std::span<const TopicName> topics, double temperature) {
  std::ifstream in(path);
  std::string line;
  std::size_t number = 1;
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < texts.size(); ++i) places.emplace(text_key(texts[i].text), i);
  try {
    if (!in || !std::getline(in, line)) throw std::runtime_error("cannot be read");
    const auto header = json::parse(line).as_object();
    if (header.at("format").as_string() != kSoftLabelFormat) throw std::runtime_error("not a file of soft labels");
    teachers_.emplace_back(header.at("teacher").as_string());
    const auto order =
        header.contains("topics") && !topics.empty() ? topic_places(header, topics) : std::vector<std::size_t>{};
    while (std::getline(in, line)) {
      ++number;
      const auto row = json::parse(line).as_object();
      const auto place = places.find(std::string(row.at("text").as_string()));
      if (place == places.end()) continue;
      auto& text = texts_[place->second];
      const auto& entities = texts[place->second].entities;
      if (const auto* part = row.if_contains("sentiment")) add(text.sentiment, softened(*part, 3, temperature));
      if (const auto* part = row.if_contains("topic"); part != nullptr && !order.empty()) {
        const auto theirs = softened(*part, order.size(), temperature);
        std::vector<float> ours;
        for (const auto from : order) ours.push_back(theirs[from]);
        add(text.topic, ours);
      }
      const auto* named = row.if_contains("entities");
      if (named == nullptr) continue;
      text.entities.resize(entities.size());
      for (std::size_t i = 0; i < entities.size(); ++i) {
        const auto* part = named->as_object().if_contains(entities[i].name);
        if (part != nullptr) add(text.entities[i], softened(*part, 3, temperature));
      }
    }
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{}:{}: {}", path, number, error.what()));
  }
}

bool SoftLabels::covers(std::size_t text) const {
  if (empty()) return false;
  const auto& said = texts_[text];
  return !said.sentiment.empty() || !said.topic.empty() || !said.entities.empty();
}

std::size_t SoftLabels::covered() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < texts_.size(); ++i) count += covers(i) ? 1 : 0;
  return count;
}

SoftBatch SoftLabels::batch(std::span<const std::size_t> chosen) const {
  if (empty()) return {};
  const auto rows = static_cast<std::int64_t>(chosen.size());
  std::size_t entities = 0;
  for (const auto index : chosen) entities += entities_[index];
  SoftBatch batch{.sentiment = torch::zeros({rows, 3}),
                  .topic = torch::zeros({rows, static_cast<std::int64_t>(std::max<std::size_t>(topics_, 1))}),
                  .entity = torch::zeros({static_cast<std::int64_t>(entities), 3})};
  std::int64_t first_entity = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto index = chosen[static_cast<std::size_t>(row)];
    const auto& text = texts_[index];
    fill(batch.sentiment, row, text.sentiment);
    fill(batch.topic, row, text.topic);
    for (std::size_t i = 0; i < text.entities.size(); ++i) {
      fill(batch.entity, first_entity + static_cast<std::int64_t>(i), text.entities[i]);
    }
    first_entity += static_cast<std::int64_t>(entities_[index]);
  }
  return batch;
}

}  // namespace tapewatch::model::train
