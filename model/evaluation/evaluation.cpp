#include "model/evaluation/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/evaluation/reliability.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {
namespace {

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

void Evaluator::add(const ScoredRow& row) {
  if (row.probabilities.size() != classes_ || row.truth >= classes_) {
    throw std::logic_error("Evaluator::add: a row of another set of classes");
  }
  const std::size_t predicted = row.predicted.value_or(index_of_largest(row.probabilities));
  const double given = std::max(row.probabilities[row.truth], std::numeric_limits<float>::min());
  const Row entry{row.truth, predicted, row.probabilities[predicted], -std::log(given)};
  rows_.push_back(entry);
  if (!row.source.empty()) by_source_[std::string(row.source)].push_back(entry);
}

Evaluation Evaluator::evaluate() const {
  Evaluation evaluation{measure(rows_), {}};
  for (const auto& [source, rows] : by_source_) evaluation.sources.emplace(source, measure(rows));
  return evaluation;
}

ConfusionSummary summarise(const Confusion& confusion) {
  ConfusionSummary summary;
  double right = 0, all = 0, f1 = 0, occurring = 0;
  for (std::size_t c = 0; c < confusion.size(); ++c) {
    double truly = 0, predicted = 0;
    for (std::size_t other = 0; other < confusion.size(); ++other) {
      truly += static_cast<double>(confusion[c][other]);
      predicted += static_cast<double>(confusion[other][c]);
    }
    const auto hits = static_cast<double>(confusion[c][c]);
    summary.classes.push_back({.precision = ratio(hits, predicted),
                               .recall = ratio(hits, truly),
                               .f1 = ratio(2 * hits, predicted + truly),
                               .support = static_cast<std::size_t>(truly)});
    right += hits;
    all += truly;
    f1 += summary.classes.back().f1;
    occurring += truly + predicted > 0 ? 1 : 0;
  }
  summary.accuracy = ratio(right, all);
  summary.macro_f1 = ratio(f1, occurring);
  return summary;
}

Metrics Evaluator::measure(std::span<const Row> rows) const {
  Metrics metrics;
  metrics.n = rows.size();
  metrics.confusion.assign(classes_, std::vector<std::size_t>(classes_));
  std::vector<Outcome> outcomes;
  double loss = 0;
  for (const auto& row : rows) {
    ++metrics.confusion[row.truth][row.predicted];
    metrics.rows.push_back({row.truth, row.predicted});
    loss += row.loss;
    outcomes.push_back({row.confidence, row.truth == row.predicted});
  }
  auto summary = summarise(metrics.confusion);
  metrics.accuracy = summary.accuracy;
  metrics.macro_f1 = summary.macro_f1;
  metrics.classes = std::move(summary.classes);
  metrics.loss = ratio(loss, static_cast<double>(metrics.n));
  metrics.ece = expected_error(reliability_bins(std::move(outcomes)));
  return metrics;
}

}  // namespace tapewatch::model
