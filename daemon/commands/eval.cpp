#include "daemon/commands/eval.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <iostream>
#include <limits>
#include <thread>

#include "daemon/http/json_writer.hpp"
#include "daemon/load_parts.hpp"
#include "ingest/entity_finder.hpp"
#include "model/classifier.hpp"
#include "model/evaluation.hpp"
#include "model/labelled_data.hpp"
#include "model/mixing.hpp"
#include "model/topic_slug.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kChunkRows = 64;  // what a worker takes at a time

enum class Target { sentiment, topic, entity };

struct Task {
  Target target = Target::sentiment;
  std::vector<std::string> classes;  // ids, in the order of the probabilities
};

Task make_task(const model::ModelPackage& package, const std::string& name) {
  if (name != "topic") return {name == "entity" ? Target::entity : Target::sentiment, package.labels()};
  Task task{Target::topic, {}};
  for (const auto& topic : package.topics()) task.classes.push_back(topic.id);
  return task;
}

/// What the model says to the task; towards an entity a model without an entity head says what it says of the text.
std::span<const float> probabilities_of(const model::Prediction& prediction, const Task& task) {
  if (task.target == Target::topic) return prediction.topics;
  if (task.target == Target::sentiment || prediction.entities.empty()) return prediction.sentiment;
  return prediction.entities.front().probabilities;
}

// A topic is given by its id or by its name; a sentiment's slug is itself.
std::vector<std::size_t> true_classes(const std::vector<model::LabelledText>& rows, const Task& task,
                                      const std::string& file) {
  std::vector<std::size_t> truth;
  for (const auto& row : rows) {
    const auto found = std::find(task.classes.begin(), task.classes.end(), model::topic_slug(row.label));
    if (found == task.classes.end()) {
      throw model::LabelledDataError(fmt::format("{}:{}: expected one of the labels {}; found \"{}\"", file, row.line,
                                                 fmt::join(task.classes, ", "), row.label));
    }
    truth.push_back(static_cast<std::size_t>(found - task.classes.begin()));
  }
  return truth;
}

/// Where each row names its entity, all mentions of it; one element a row, or none without entities.
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

/// All rows through one classifier a core. The result is the same with any number of them.
std::vector<model::Prediction> predict(const std::shared_ptr<const model::ModelPackage>& package,
                                       const std::vector<model::LabelledText>& rows,
                                       const std::vector<model::Mentions>& entities, const model::Prior& prior) {
  std::vector<model::TextInput> texts;
  for (const auto& row : rows) texts.push_back({.text = row.text});
  for (std::size_t i = 0; i < entities.size(); ++i) texts[i].entities = std::span(entities).subspan(i, 1);
  std::vector<model::Prediction> predictions(rows.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(std::max(1U, std::thread::hardware_concurrency()));
  const auto work = [&](std::size_t worker) {
    try {
      model::Classifier classifier(package, {.prior = prior});
      for (std::size_t first; (first = next.fetch_add(kChunkRows)) < texts.size();) {
        const auto chunk = std::span(texts).subspan(first, std::min(kChunkRows, texts.size() - first));
        std::ranges::move(classifier.classify(chunk), predictions.begin() + static_cast<std::ptrdiff_t>(first));
      }
    } catch (...) {
      failures[worker] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < failures.size(); ++i) workers.emplace_back(work, i);
  }
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return predictions;
}

void append_metrics(JsonWriter& json, const model::Metrics& metrics, const Task& task) {
  json.field("n", metrics.n).field("accuracy", metrics.accuracy).field("macro_f1", metrics.macro_f1);
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

/// Learns how much the rules count: one number, by the loss on the rows as the network alone scored them.
int fit_mixing(const model::ModelPackage& package, const model::Prior& prior,
               const std::vector<model::LabelledText>& rows, const std::vector<std::size_t>& truth, const Task& task,
               const std::vector<model::Prediction>& predictions, std::ostream& out) {
  const bool topic = task.target == Target::topic;
  const auto& config = package.config();
  const float temperature = topic ? config.topic_temperature : config.sentiment_temperature;
  std::vector<model::MixingRow> mixing;
  std::size_t touched = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<float> sentiment(config.labels.size()), topics(config.topics.size());
    prior.rules->add_to(prior.rules->find(rows[i].text), 1 / temperature, sentiment, topics);
    const auto& shift = topic ? topics : sentiment;
    touched += std::ranges::any_of(shift, [](float value) { return value != 0; }) ? 1 : 0;
    auto& row = mixing.emplace_back();
    row.truth = truth[i];
    row.shift.assign(shift.begin(), shift.end());
    for (const float p : probabilities_of(predictions[i], task)) {
      row.logs.push_back(std::log(std::max(p, std::numeric_limits<float>::min())));
    }
  }
  const double weight = model::fit_mixing_weight(mixing);
  JsonWriter json;
  json.begin_object().field("model", package.version()).field("rules", prior.rules->rules().size());
  json.field("n", rows.size()).field("rows_with_rules", touched).field("mixing_weight", weight);
  json.field("loss_before", model::mixed_loss(mixing, 0)).field("loss_after", model::mixed_loss(mixing, weight));
  out << json.end_object().text() << '\n';
  return out.flush() ? 0 : 1;
}

int evaluate(const EvalOptions& options, std::ostream& out) {
  const auto rows = model::read_labelled(options.file);
  const auto package = model::load_model(options.model);
  const auto task = make_task(*package, options.task);
  const auto truth = true_classes(rows, task, options.file);
  const auto mentions =
      task.target == Target::entity ? find_entities(rows, options.file) : std::vector<model::Mentions>{};
  const auto prior = load_prior(options.rules, *package);
  if (options.fit_mixing) return fit_mixing(*package, prior, rows, truth, task, predict(package, rows, {}, {}), out);
  const auto predictions = predict(package, rows, mentions, prior);
  model::Evaluator evaluator(task.classes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    evaluator.add(
        {.truth = truth[i], .probabilities = probabilities_of(predictions[i], task), .source = rows[i].source});
  }
  const auto evaluation = evaluator.evaluate();
  JsonWriter json;
  json.begin_object().field("model", model::version_with(package->version(), prior)).field("task", options.task);
  if (task.target == Target::entity) {
    json.field("entity_method", predictions.front().entities.empty() ? "document" : "attention");
    json.field("not_found", std::ranges::count_if(mentions, [](const auto& found) { return found.empty(); }));
  }
  append_metrics(json, evaluation.all, task);
  json.key("sources").begin_object();
  for (const auto& [source, metrics] : evaluation.sources) {
    json.key(source).begin_object();
    append_metrics(json, metrics, task);
    json.end_object();
  }
  json.end_object().end_object();
  out << json.text() << '\n';
  return out.flush() ? 0 : 1;
}

}  // namespace

int run_eval(const EvalOptions& options, std::ostream& out, std::ostream& err) {
  if (options.task != "sentiment" && options.task != "topic" && options.task != "entity") {
    err << fmt::format("eval: --task: expected sentiment, topic or entity, found \"{}\"\n", options.task);
    return 2;
  }
  if (!options.rules.file.empty() && options.task == "entity") {
    err << "eval: --rules: they speak to the sentiment of a text and its topic, not to --task entity\n";
    return 2;
  }
  if (options.fit_mixing && (options.rules.file.empty() || options.rules.mixing_weight == 0)) {
    err << "eval: --fit-mixing: needs --rules FILE\n";
    return 2;
  }
  try {
    return evaluate(options, out);
  } catch (const std::runtime_error& error) {
    err << "eval: " << error.what() << '\n';
    return 1;
  }
}

int run_eval(const EvalOptions& options) { return run_eval(options, std::cout, std::cerr); }

}  // namespace tapewatch
