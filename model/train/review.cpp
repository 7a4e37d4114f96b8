#include "model/train/review.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kWorst = 25;

std::vector<std::int64_t> rows_of(const ScoredRows& scored, const std::vector<std::string>& sources) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    if (std::ranges::count(sources, scored.sources[i]) > 0) rows.push_back(static_cast<std::int64_t>(i));
  }
  return rows;
}

/// The places in ScoredRows that `rows` names, the most confident first.
std::vector<std::int64_t> by_confidence(const torch::Tensor& probabilities, std::vector<std::int64_t> rows) {
  const auto confidence = std::get<0>(probabilities.max(1)).contiguous();
  const auto* const values = confidence.data_ptr<double>();
  std::ranges::stable_sort(rows, [&](std::int64_t a, std::int64_t b) { return values[a] > values[b]; });
  return rows;
}

std::vector<SourceCalibration> by_source(const ScoredRows& scored, const torch::Tensor& probabilities) {
  std::map<std::string, std::vector<std::int64_t>> groups;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    groups[scored.sources[i]].push_back(static_cast<std::int64_t>(i));
  }
  std::vector<SourceCalibration> list;
  for (const auto& [source, places] : groups) {
    const auto rows = torch::tensor(places, torch::kLong);
    const auto own = probabilities.index_select(0, rows), labels = scored.labels.index_select(0, rows);
    list.push_back({.source = source, .error = expected_error(reliability_bins(own, labels))});
  }
  return list;
}

}  // namespace

TaskReview review_task(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task,
                       const std::vector<std::string>& classes, const std::vector<std::string>& sources) {
  torch::NoGradGuard no_grad;
  TaskReview review{.task = task, .classes = classes};
  review.confusion.assign(classes.size(), std::vector<std::int64_t>(classes.size()));
  if (scored.sources.empty()) return review;
  auto chosen = rows_of(scored, sources);
  if (chosen.empty()) {
    chosen.resize(scored.sources.size());
    std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
  }
  const auto fitted = cross_fitted(scored.logits, scored.labels, chosen);
  const auto rows = torch::tensor(chosen, torch::kLong);
  review.temperature = fitted.temperature;
  review.bins = reliability_bins(fitted.probabilities.index_select(0, rows), scored.labels.index_select(0, rows));
  review.calibration_error = expected_error(review.bins);
  review.sources = by_source(scored, fitted.probabilities);
  const auto [confidence, predicted] = fitted.probabilities.max(1);
  for (const auto place : by_confidence(fitted.probabilities, chosen)) {
    const auto truth = static_cast<std::size_t>(scored.labels[place].item<std::int64_t>());
    const auto said = static_cast<std::size_t>(predicted[place].item<std::int64_t>());
    ++review.confusion[truth][said];
    if (truth == said || review.worst.size() == kWorst) continue;
    const auto item = static_cast<std::size_t>(place);
    const auto& text = texts[scored.texts[item]];
    review.worst.push_back({.text = text.text,
                            .entity = task == Task::entity ? text.entities[scored.entities[item]].name : "",
                            .source = scored.sources[item],
                            .truth = classes[truth],
                            .predicted = classes[said],
                            .confidence = confidence[place].item<double>()});
  }
  return review;
}

const SourceCalibration* calibration_of(const std::vector<TaskReview>& reviews, Task task, const std::string& source) {
  for (const auto& review : reviews) {
    if (review.task != task) continue;
    const auto found = std::ranges::find(review.sources, source, &SourceCalibration::source);
    if (found != review.sources.end()) return &*found;
  }
  return nullptr;
}

}  // namespace tapewatch::model::train
