#include "daemon/commands/eval.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <iostream>
#include <thread>

#include "daemon/http/json_writer.hpp"
#include "model/classifier.hpp"
#include "model/evaluation.hpp"
#include "model/labelled_data.hpp"
#include "model/topic_slug.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kChunkRows = 64;  // what a worker takes at a time

struct Task {
  bool sentiment = true;
  std::vector<std::string> classes;  // ids, in the order of the probabilities
};

Task make_task(const model::ModelPackage& package, const std::string& name) {
  Task task{name == "sentiment", package.labels()};
  if (task.sentiment) return task;
  task.classes.clear();
  for (const auto& topic : package.topics()) task.classes.push_back(topic.id);
  return task;
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

/// All rows through one classifier a core. The result is the same with any number of them.
std::vector<model::Prediction> predict(const std::shared_ptr<const model::ModelPackage>& package,
                                       const std::vector<model::LabelledText>& rows) {
  const std::vector<std::string_view> texts = [&] {
    std::vector<std::string_view> views;
    for (const auto& row : rows) views.emplace_back(row.text);
    return views;
  }();
  std::vector<model::Prediction> predictions(rows.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::exception_ptr> failures(std::max(1U, std::thread::hardware_concurrency()));
  const auto work = [&](std::size_t worker) {
    try {
      model::Classifier classifier(package);
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

int evaluate(const EvalOptions& options, std::ostream& out) {
  const auto rows = model::read_labelled(options.file);
  const auto package = model::load_model(options.model);
  const auto task = make_task(*package, options.task);
  const auto truth = true_classes(rows, task, options.file);
  const auto predictions = predict(package, rows);
  model::Evaluator evaluator(task.classes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto probabilities = task.sentiment ? std::span<const float>(predictions[i].sentiment)
                                              : std::span<const float>(predictions[i].topics);
    evaluator.add({.truth = truth[i], .probabilities = probabilities, .source = rows[i].source});
  }
  const auto evaluation = evaluator.evaluate();
  JsonWriter json;
  json.begin_object().field("model", package->version()).field("task", options.task);
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
  if (options.task == "entity") {
    err << "eval: --task entity: not in this version\n";
    return 2;
  }
  if (options.task != "sentiment" && options.task != "topic") {
    err << fmt::format("eval: --task: expected sentiment or topic, found \"{}\"\n", options.task);
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
