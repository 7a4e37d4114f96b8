// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/learn/validator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace tapewatch::model::train {
namespace {

/// For people.
std::vector<std::string> displayed_classes(Task task, const RunData& data) {
  if (task != Task::topic) return class_names(task, data);
  std::vector<std::string> names;
  for (const auto& topic : data.topics) names.push_back(topic.name);
  return names;
}

}  // namespace

Validator::Validator(const TrainOptions& options, const RunData& data, const Tokenizer& tokenizer)
    : options_(options),
      texts_(data.valid),
      data_(data),
      raw_(encode_texts(data.valid, tokenizer, options.run_max_tokens, false)),
      clean_(encode_texts(data.valid, tokenizer, options.run_max_tokens, true)) {
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    all_.push_back(i);
    if (raw_[i].ids != clean_[i].ids) changed_.push_back(i);
  }
}

ValidationResult Validator::operator()(const Network& network) const {
  ValidationResult result;
  auto logits = empty_logits(network, raw_);
  for (const bool clean : {false, true}) {
    // A text unchanged by cleaning already has its logits.
    predict_rows(network, clean ? clean_ : raw_, clean ? changed_ : all_, options_.batch, logits);
    for (const auto task : kAllTasks) {
      if (!logits.of(task).defined()) continue;
      auto scored = scored_rows(logits, texts_, task);
      auto& scores = clean ? result.cleaned : result.scores;
      for (auto& one : by_source(scored, texts_, task)) scores.push_back(std::move(one));
      if (!clean) result.scored.emplace_back(task, std::move(scored));
    }
  }
  double sum = 0.0, parts = 0.0;
  for (const auto& one : result.scores) {
    const auto& used = options_.sources;
    // Most rows tell no risk event: what is right of them would outweigh the rest.
    if (std::find(used.begin(), used.end(), one.source) == used.end() || is_risk(one.task)) continue;
    sum += one.accuracy;
    parts += 1.0;
  }
  result.any = parts > 0.0;
  result.mean_accuracy = result.any ? sum / parts : 0.0;
  return result;
}

void Validator::review(ValidationResult& result) const {
  for (const auto& [task, scored] : result.scored) {
    result.reviews.push_back(review_task(scored, texts_, task, displayed_classes(task, data_), options_.sources));
  }
}

void report_validation(const ValidationResult& result, std::int64_t epoch, const TrainOptions& options,
                       const std::function<void(const std::string&)>& log) {
  std::ofstream table;
  const auto mode = epoch == 1 ? std::ios::trunc : std::ios::app;
  if (!options.out.empty()) table.open(std::filesystem::path(options.out) / "validation.tsv", mode);
  if (epoch == 1) table << "epoch\ttexts\ttask\tsource\trows\taccuracy\tmacro_f1\tloss\n";
  for (const bool clean : {false, true}) {
    const auto* const texts = clean ? "cleaned" : "as is";
    for (const auto& one : clean ? result.cleaned : result.scores) {
      log(fmt::format("epoch {} valid {} {} {}: accuracy {:.4f} macro-F1 {:.4f} loss {:.4f} ({} rows)", epoch, texts,
                      to_string(one.task), one.source, one.accuracy, one.macro_f1, one.loss, one.rows));
      table << fmt::format("{}\t{}\t{}\t{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\n", epoch, texts, to_string(one.task),
                           one.source, one.rows, one.accuracy, one.macro_f1, one.loss);
    }
  }
}

}  // namespace tapewatch::model::train
