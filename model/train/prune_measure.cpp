#include "model/train/prune_measure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "model/classify_parallel.hpp"
#include "model/evaluation.hpp"
#include "model/labelled_data.hpp"
#include "model/model_error.hpp"
#include "model/topic_slug.hpp"
#include "model/train/mentions.hpp"

namespace tapewatch::model::train {
namespace {

/// A package that the caller keeps, for a classifier that wants a share of it.
std::shared_ptr<const ModelPackage> borrowed(const ModelPackage& package) {
  return {std::shared_ptr<const ModelPackage>(), &package};
}

std::vector<std::string> classes_of(const std::string& task, const ModelPackage& package) {
  if (task != "topic") return package.labels();
  std::vector<std::string> classes;
  for (const auto& topic : package.topics()) classes.push_back(topic.id);
  return classes;
}

std::span<const float> probabilities_of(const Prediction& prediction, const std::string& task) {
  if (task == "topic") return prediction.topics;
  if (task == "entity") return prediction.entities.at(0).probabilities;
  return prediction.sentiment;
}

std::vector<Prediction> predict(const ModelPackage& package, const ValidationSet& set, std::size_t threads) {
  std::vector<TextInput> texts;
  for (const auto& row : set.rows) {
    texts.push_back({.text = row.text});
    if (set.task == "entity") texts.back().entities = {&row.mentions, 1};
  }
  return classify_parallel(borrowed(package), texts, threads);
}

Evaluation evaluate(const ModelPackage& package, const ValidationSet& set, std::size_t threads) {
  const auto predictions = predict(package, set, threads);
  Evaluator evaluator(classes_of(set.task, package).size());
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

ValidationSet ValidationSet::read(const std::string& task, const std::string& file, const ModelPackage& package) {
  if (task == "topic" && package.topics().empty()) throw ModelError("--valid-topic: the model has no topics");
  if (task == "entity" && package.config().entity_heads == 0) {
    throw ModelError("--valid-entity: the model has no entity head");
  }
  const auto classes = classes_of(task, package);
  ValidationSet set{.task = task, .rows = {}};
  for (auto& row : read_labelled(file)) {
    const auto found = std::find(classes.begin(), classes.end(), topic_slug(row.label));
    if (found == classes.end()) {
      throw LabelledDataError(fmt::format("{}:{}: expected one of the labels {}; found \"{}\"", file, row.line,
                                          fmt::join(classes, ", "), row.label));
    }
    auto& added = set.rows.emplace_back();
    added.truth = static_cast<std::size_t>(found - classes.begin());
    if (const auto mention = find_mention(row.text, row.entity)) added.mentions = {{mention->start, mention->end}};
    added.text = std::move(row.text);
    added.source = std::move(row.source);
  }
  if (set.rows.empty()) throw LabelledDataError(fmt::format("{}: expected rows, found none", file));
  return set;
}

ValidationSet ValidationSet::sample(std::size_t count) const {
  if (count >= rows.size()) return *this;
  ValidationSet some{.task = task, .rows = {}};
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
    add(set.task, "", evaluation.all);
    for (const auto& [source, metrics] : evaluation.sources) add(set.task, source, metrics);
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
  seconds_of(first, views);  // buffers grow to their size
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
