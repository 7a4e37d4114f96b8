// Tested by tests/train/prune/prune_test.cpp
#include "model/train/prune/prune_measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "model/evaluation/evaluation.hpp"
#include "model/package/model_error.hpp"
#include "model/train/classify_parallel.hpp"
#include "model/train/data/mentions.hpp"

namespace tapewatch::model::train {
namespace {

/// A non-owning pointer to the caller's package, for a classifier that needs a shared one.
std::shared_ptr<const ModelPackage> borrowed(const ModelPackage& package) {
  return {std::shared_ptr<const ModelPackage>(), &package};
}

std::vector<Prediction> predict(const ModelPackage& package, const ValidationSet& set, std::size_t threads) {
  std::vector<TextInput> texts;
  for (const auto& row : set.rows) {
    texts.push_back({.text = row.text});
    if (set.task.asks_entities()) texts.back().entities = {&row.mentions, 1};
  }
  return classify_parallel(borrowed(package), texts, threads);
}

Evaluation evaluate(const ModelPackage& package, const ValidationSet& set, std::size_t threads) {
  const auto predictions = predict(package, set, threads);
  Evaluator evaluator(set.task.classes.size());
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    evaluator.add({.truth = set.rows[i].truth,
                   .probabilities = probabilities_of(predictions[i], set.task),
                   .source = set.rows[i].source});
  }
  return evaluator.evaluate();
}

double seconds_of(Classifier& classifier, std::span<const std::string_view> texts) {
  const auto start = std::chrono::steady_clock::now();
  classifier.classify(texts);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

ValidationSet ValidationSet::read(const std::string& name, const std::string& file, const ModelPackage& package) {
  if (name == "entity" && package.config().entity_heads == 0) {
    throw ModelError("--valid-entity: the model has no entity head");
  }
  ValidationSet set{.name = name, .task = make_task(package, name, "--valid-" + name), .rows = {}};
  auto rows = read_labelled(file);
  const auto truth = true_classes(rows, set.task, file);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& added = set.rows.emplace_back();
    added.truth = truth[i];
    if (const auto mention = find_mention(rows[i].text, rows[i].entity)) {
      added.mentions = {{mention->start, mention->end}};
    }
    added.text = std::move(rows[i].text);
    added.source = std::move(rows[i].source);
  }
  if (set.rows.empty()) throw LabelledDataError(fmt::format("{}: expected rows, found none", file));
  return set;
}

ValidationSet ValidationSet::sample(std::size_t count) const {
  if (count >= rows.size()) return *this;
  ValidationSet some{.name = name, .task = task, .rows = {}};
  for (std::size_t i = 0; i < count; ++i) some.rows.push_back(rows[i * rows.size() / count]);
  return some;
}

std::vector<Accuracy> measure(const ModelPackage& package, std::span<const ValidationSet> sets, std::size_t threads) {
  std::vector<Accuracy> lines;
  const auto add = [&](const std::string& task, const std::string& source, const Metrics& metrics) {
    lines.push_back({task, source, metrics.n, metrics.accuracy, metrics.macro_f1, metrics.loss});
  };
  for (const auto& set : sets) {
    const auto evaluation = evaluate(package, set, threads);
    add(set.name, "", evaluation.all);
    for (const auto& [source, metrics] : evaluation.sources) add(set.name, source, metrics);
  }
  return lines;
}

double mean_loss(const ModelPackage& package, std::span<const ValidationSet> sets, std::size_t threads) {
  double sum = 0;
  for (const auto& set : sets) sum += evaluate(package, set, threads).all.loss;
  return sets.empty() ? 0 : sum / static_cast<double>(sets.size());
}

Speeds compare_speed(const ModelPackage& before, const ModelPackage& after, std::span<const std::string> texts,
                     std::size_t rounds) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  Classifier first(borrowed(before)), second(borrowed(after));
  seconds_of(first, views);  // warm-up: buffers grow to their size
  seconds_of(second, views);
  std::vector<double> of_first, of_second;
  for (std::size_t i = 0; i < std::max<std::size_t>(rounds, 1); ++i) {
    of_first.push_back(seconds_of(first, views));
    of_second.push_back(seconds_of(second, views));
  }
  const auto count = static_cast<double>(texts.size());
  return {count / median(of_first), count / median(of_second)};
}

}  // namespace tapewatch::model::train
