// Tested by tests/daemon/commands/eval_command_test.cpp
#include "daemon/commands/eval/eval_fits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "config/notation/json_writer.hpp"
#include "model/evaluation/calibration_fit.hpp"
#include "model/evaluation/mixing.hpp"
#include "model/evaluation/neutral_fit.hpp"

namespace tapewatch {
namespace {

void append_sureness(notation::JsonWriter& json, std::string_view key, const model::Metrics& metrics) {
  json.key(key).begin_object().field("ece", metrics.ece).field("loss", metrics.loss).end_object();
}

notation::JsonWriter& append_calibration(notation::JsonWriter& json, const model::Calibration& calibration) {
  return json.field("temperature", calibration.temperature).field("exponent", calibration.exponent);
}

std::vector<double> logs_of(std::span<const float> probabilities) {
  std::vector<double> logs;
  for (const float p : probabilities) logs.push_back(std::log(std::max(p, std::numeric_limits<float>::min())));
  return logs;
}

void append_neutral(notation::JsonWriter& json, const model::NeutralFit& fit) {
  json.field("n", fit.rows).field("neutral_bias", fit.bias);
  json.key("interval").begin_array().value(fit.interval.low).value(fit.interval.high).end_array();
  json.field("loss_before", fit.loss_before).field("loss_after", fit.loss_after);
  json.field("accuracy_before", fit.accuracy_before).field("accuracy_after", fit.accuracy_after);
  json.field("accuracy_cross_fitted", fit.accuracy_cross_fitted);
}

}  // namespace

std::string mixing_fit(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                       const model::LabelledTask& task) {
  const bool topic = task.target == model::LabelledTask::Target::topic;
  const auto& config = package.config();
  std::vector<model::MixingRow> mixing;
  std::size_t touched = 0;
  for (std::size_t i = 0; i < scores.rows.size(); ++i) {
    std::vector<float> sentiment(config.labels.size()), topics(config.topics.size());
    prior.rules->add_to(prior.rules->find(scores.rows[i].text), 1, sentiment, topics);
    const auto& shift = topic ? topics : sentiment;
    touched += std::ranges::any_of(shift, [](float value) { return value != 0; }) ? 1 : 0;
    auto& row = mixing.emplace_back();
    row.truth = scores.truth[i];
    row.shift.assign(shift.begin(), shift.end());
    row.logs = logs_of(scores.probabilities(i, task));
  }
  const double weight = model::fit_mixing_weight(mixing);
  notation::JsonWriter json;
  json.begin_object().field("model", package.version()).field("rules", prior.rules->rules().size());
  json.field("n", scores.rows.size()).field("rows_with_rules", touched).field("mixing_weight", weight);
  json.field("loss_before", model::mixed_loss(mixing, 0)).field("loss_after", model::mixed_loss(mixing, weight));
  return json.end_object().take();
}

std::string neutral_fit(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                        const model::LabelledTask& task, bool by_source) {
  if (scores.rows.size() < model::kLeastNeutralRows) {
    throw model::LabelledDataError(fmt::format("--fit-neutral: expected at least {} labelled rows, found {}",
                                               model::kLeastNeutralRows, scores.rows.size()));
  }
  std::vector<model::MixingRow> all;
  std::map<std::string, std::vector<model::MixingRow>> sources;
  for (std::size_t i = 0; i < scores.rows.size(); ++i) {
    model::MixingRow row{.logs = logs_of(scores.probabilities(i, task)), .shift = {}, .truth = scores.truth[i]};
    row.shift.assign(row.logs.size(), 0.0);
    row.shift[static_cast<std::size_t>(model::Sentiment::neutral)] = 1.0;
    if (by_source) sources[scores.rows[i].source].push_back(row);
    all.push_back(std::move(row));
  }
  if (!model::has_both_sides(all)) {
    throw model::LabelledDataError(
        "--fit-neutral: expected rows that are neutral and rows that are not, found one kind");
  }
  notation::JsonWriter json;
  json.begin_object().field("model", model::version_with(package.version(), prior));
  append_neutral(json, model::fit_neutral(all));
  if (by_source) {
    json.key("sources").begin_object();
    for (const auto& [source, rows] : sources) {
      json.key(source).begin_object();
      if (rows.size() < model::kLeastNeutralRows || !model::has_both_sides(rows)) {
        json.field("n", rows.size()).key("neutral_bias").null();
      } else {
        append_neutral(json, model::fit_neutral(rows));
      }
      json.end_object();
    }
    json.end_object();
  }
  return json.end_object().take();
}

std::string calibration_fit(const model::ModelPackage& package, const LabelledScores& scores,
                            const model::LabelledTask& task, std::size_t folds) {
  if (scores.rows.size() < folds) {
    throw model::LabelledDataError(
        fmt::format("--cross-fit: expected a row in each of {} folds, found {} rows", folds, scores.rows.size()));
  }
  std::vector<model::CalibrationRow> rows;
  for (std::size_t i = 0; i < scores.rows.size(); ++i) {
    const auto given = scores.probabilities(i, task);
    rows.push_back({.probabilities = {given.begin(), given.end()}, .truth = scores.truth[i]});
  }
  const auto fit = model::cross_fit(rows, task.classes.size(), folds);
  notation::JsonWriter json;
  json.begin_object().field("model", package.version()).field("n", rows.size()).field("folds", folds);
  json.field("accuracy", fit.before.accuracy);
  append_calibration(json, fit.calibration);
  json.key("fold_calibrations").begin_array();
  for (const auto& calibration : fit.folds) append_calibration(json.begin_object(), calibration).end_object();
  json.end_array();
  append_sureness(json, "as_shipped", fit.before);
  append_sureness(json, "cross_fitted", fit.after);
  return json.end_object().take();
}

}  // namespace tapewatch
