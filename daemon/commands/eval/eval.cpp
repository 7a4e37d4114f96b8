// Tested by tests/daemon/commands/eval_command_test.cpp
#include "daemon/commands/eval/eval.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "daemon/commands/eval/eval_fits.hpp"
#include "daemon/commands/eval/eval_task.hpp"
#include "daemon/load_parts.hpp"
#include "model/engine.hpp"
#include "model/evaluation/agreement.hpp"
#include "model/evaluation/bootstrap.hpp"
#include "model/evaluation/evaluation.hpp"
#include "model/evaluation/labelled_task.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch {
namespace {

void append_interval(notation::JsonWriter& json, std::string_view key, const model::Interval& interval) {
  json.key(key).begin_array().value(interval.low).value(interval.high).end_array();
}

/// `samples`: of the bootstrap, 0: no intervals.
void append_metrics(notation::JsonWriter& json, const model::Metrics& metrics, const model::LabelledTask& task,
                    std::size_t samples) {
  constexpr std::uint64_t kSeed = 1;
  json.field("n", metrics.n).field("accuracy", metrics.accuracy).field("macro_f1", metrics.macro_f1);
  if (samples > 0) {
    const auto intervals = model::bootstrap(metrics.rows, task.classes.size(), samples, kSeed);
    append_interval(json, "accuracy_interval", intervals.accuracy);
    append_interval(json, "macro_f1_interval", intervals.macro_f1);
  }
  json.field("loss", metrics.loss).field("ece", metrics.ece).key("classes").begin_object();
  for (std::size_t c = 0; c < task.classes.size(); ++c) {
    const auto& one = metrics.classes[c];
    json.key(task.classes[c]).begin_object().field("precision", one.precision).field("recall", one.recall);
    json.field("f1", one.f1).field("support", one.support).end_object();
  }
  json.end_object().key("confusion").begin_object();  // true class → predicted class → rows
  for (std::size_t truth = 0; truth < task.classes.size(); ++truth) {
    json.key(task.classes[truth]).begin_object();
    for (std::size_t c = 0; c < task.classes.size(); ++c) json.field(task.classes[c], metrics.confusion[truth][c]);
    json.end_object();
  }
  json.end_object();
}

/// The version and the metrics of one set of scores.
void append_evaluation(notation::JsonWriter& json, const std::string& version, const LabelledScores& scores,
                       const model::LabelledTask& task, const EvalOptions& options) {
  model::Evaluator evaluator(task.classes.size());
  std::size_t abstained = 0;
  for (std::size_t i = 0; i < scores.rows.size(); ++i) {
    if (std::ranges::max(scores.probabilities(i, task)) < static_cast<float>(options.abstain_below)) {
      ++abstained;
      continue;
    }
    evaluator.add({.truth = scores.truth[i],
                   .probabilities = scores.probabilities(i, task),
                   .source = scores.rows[i].source,
                   .predicted = model::predicted_class(scores.predictions[i], task)});
  }
  const auto evaluation = evaluator.evaluate();
  json.field("model", version).field("task", options.task);
  if (task.asks_entities()) {
    json.field("entity_method", scores.predictions.front().entities.empty() ? "document" : "attention");
    json.field("not_found", std::ranges::count_if(scores.mentions, [](const auto& found) { return found.empty(); }));
  }
  if (options.abstain_below > 0) json.field("abstained", abstained);
  append_metrics(json, evaluation.all, task, options.bootstrap);
  json.key("sources").begin_object();
  for (const auto& [source, metrics] : evaluation.sources) {
    json.key(source).begin_object();
    append_metrics(json, metrics, task, options.bootstrap);
    json.end_object();
  }
  json.end_object();
}

void append_agreement(notation::JsonWriter& json, const model::Agreement& agreement) {
  json.field("same_label", agreement.share()).field("largest_difference", agreement.largest_difference);
}

/// How far `scores` and `others` agree, over all rows and by source.
void append_agreements(notation::JsonWriter& json, const LabelledScores& scores, const LabelledScores& others,
                       const model::LabelledTask& task) {
  model::Agreement all;
  std::map<std::string, model::Agreement> sources;
  for (std::size_t i = 0; i < scores.rows.size(); ++i) {
    all.add(scores.probabilities(i, task), others.probabilities(i, task));
    const auto& source = scores.rows[i].source;
    if (!source.empty()) sources[source].add(scores.probabilities(i, task), others.probabilities(i, task));
  }
  json.key("agreement").begin_object();
  append_agreement(json, all);
  json.key("sources").begin_object();
  for (const auto& [source, agreement] : sources) {
    json.key(source).begin_object();
    append_agreement(json, agreement);
    json.end_object();
  }
  json.end_object().end_object();
}

std::string evaluation(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                       const model::LabelledTask& task, const EvalOptions& options) {
  notation::JsonWriter json;
  json.begin_object();
  append_evaluation(json, model::version_with(package.version(), prior), scores, task, options);
  if (!options.against.empty()) {
    const auto& path = options.against_model.empty() ? options.model : options.against_model;
    const auto other = model::load_model(path, model::engine_named(options.against, options.kernels));
    if (model::make_task(*other, options.task, "--against-model").classes != task.classes) {
      throw model::ModelError(fmt::format("--against-model: {}: expected the topics of {}", path, options.model));
    }
    const auto others = score_labelled(options.file, options.sources, other, task, prior);
    append_agreements(json, scores, others, task);
    json.key("against").begin_object();
    append_evaluation(json, model::version_with(other->version(), prior), others, task, options);
    json.end_object();
  }
  return json.end_object().take();
}

int evaluate(const EvalOptions& options, std::ostream& out) {
  const auto package = model::load_model(options.model, model::engine_named(options.precision, options.kernels));
  const auto task = model::make_task(*package, options.task, "--task " + options.task);
  auto prior = rules_prior(options.rules, *package);
  prior.neutral_bias = static_cast<float>(options.neutral_bias);
  const auto scores =
      score_labelled(options.file, options.sources, package, task, options.fit_mixing ? model::Prior{} : prior);
  out << (options.fit_mixing      ? mixing_fit(*package, prior, scores, task)
          : options.fit_neutral   ? neutral_fit(*package, prior, scores, task, options.by_source)
          : options.cross_fit > 0 ? calibration_fit(*package, scores, task, options.cross_fit)
                                  : evaluation(*package, prior, scores, task, options))
      << '\n';
  return out.flush() ? 0 : 1;
}

/// Why the options about neutral cannot be used; empty: they can.
std::string neutral_problem(const EvalOptions& options) {
  if (options.by_source && !options.fit_neutral) return "--by-source: needs --fit-neutral";
  if (options.task != "sentiment" && options.task != "entity" && (options.fit_neutral || options.neutral_bias != 0)) {
    return fmt::format("--fit-neutral, --neutral-bias: {} has no neutral; use --task sentiment or entity",
                       options.task);
  }
  if (!options.fit_neutral) return {};
  if (options.neutral_bias != 0) return "--fit-neutral: leave out --neutral-bias, which it finds";
  if (options.fit_mixing || options.cross_fit > 0 || !options.against.empty() || options.abstain_below > 0 ||
      options.bootstrap > 0) {
    return "--fit-neutral: leave out --fit-mixing, --cross-fit, --against, --abstain-below and --bootstrap";
  }
  return {};
}

}  // namespace

int run_eval(const EvalOptions& options, std::ostream& out, std::ostream& err) {
  const auto tasks = model::task_names();
  if (std::ranges::find(tasks, options.task) == tasks.end()) {
    err << fmt::format("eval: --task: expected one of {}; found \"{}\"\n", fmt::join(tasks, ", "), options.task);
    return 2;
  }
  if (options.fit_mixing && options.task != "sentiment" && options.task != "topic") {
    err << fmt::format("eval: --fit-mixing: not with --task {}; use --task sentiment or topic\n", options.task);
    return 2;
  }
  if (options.fit_mixing && (options.rules.file.empty() || options.rules.mixing_weight == 0)) {
    err << "eval: --fit-mixing: needs --rules FILE\n";
    return 2;
  }
  if (const auto wrong = neutral_problem(options); !wrong.empty()) {
    err << "eval: " << wrong << '\n';
    return 2;
  }
  if (options.cross_fit == 1 || (options.cross_fit > 0 && options.fit_mixing)) {
    err << "eval: --cross-fit: expected two folds or more, without --fit-mixing\n";
    return 2;
  }
  if (!options.against_model.empty() && options.against.empty()) {
    err << "eval: --against-model: needs --against fp32 or int8\n";
    return 2;
  }
  if (!options.against.empty() && (options.cross_fit > 0 || options.fit_mixing)) {
    err << "eval: --against: compares metrics; leave out --cross-fit and --fit-mixing\n";
    return 2;
  }
  try {
    return evaluate(options, out);
  } catch (const std::runtime_error& error) {
    err << "eval: " << notation::printable(error.what()) << '\n';
    return 1;
  }
}

int run_eval(const EvalOptions& options) { return run_eval(options, std::cout, std::cerr); }

}  // namespace tapewatch
