#include "model/train/data/review.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "model/evaluation/calibration_fit.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kWorst = 25, kFolds = 5;

using Places = std::vector<std::size_t>;

/// The items of these sources; all items if none is from them.
Places items_of(const ScoredRows& scored, const std::vector<std::string>& sources) {
  Places places;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    if (std::ranges::count(sources, scored.sources[i]) > 0) places.push_back(i);
  }
  if (places.empty()) {
    places.resize(scored.sources.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
  }
  return places;
}

std::vector<CalibrationRow> as_rows(const ScoredRows& scored) {
  const auto probabilities = torch::softmax(scored.logits.to(torch::kDouble), 1).to(torch::kFloat).contiguous();
  const auto classes = probabilities.size(1);
  const float* at = probabilities.data_ptr<float>();
  std::vector<CalibrationRow> rows;
  for (std::size_t i = 0; i < scored.sources.size(); ++i, at += classes) {
    const auto label = scored.labels[static_cast<std::int64_t>(i)].item<std::int64_t>();
    rows.push_back({.probabilities = {at, at + classes}, .truth = static_cast<std::size_t>(label)});
  }
  return rows;
}

/// Calibrates all rows: the `chosen` ones cross-fitted, the others with the calibration fitted on all chosen ones,
/// which is returned.
Calibration calibrate(std::vector<CalibrationRow>& rows, const Places& chosen, std::size_t classes) {
  std::vector<CalibrationRow> fitted_on;
  for (const auto place : chosen) fitted_on.push_back(rows[place]);
  const bool enough = chosen.size() >= kFolds;
  const auto fit = enough ? cross_fit(fitted_on, classes, kFolds) : CrossFit{.calibration = fit_calibration(fitted_on)};
  Calibration given = fit.calibration;
  given.temperature = std::clamp(given.temperature, kLowestTemperature, kHighestTemperature);
  for (auto& row : rows) row.probabilities = recalibrated(row.probabilities, given);
  for (std::size_t i = 0; enough && i < chosen.size(); ++i) rows[chosen[i]] = fit.rows[i];
  return given;
}

std::size_t predicted_by(const CalibrationRow& row) {
  return static_cast<std::size_t>(std::ranges::max_element(row.probabilities) - row.probabilities.begin());
}
double confidence_of(const CalibrationRow& row) { return std::ranges::max(row.probabilities); }

std::vector<Outcome> outcomes(const std::vector<CalibrationRow>& rows, const Places& of) {
  std::vector<Outcome> list;
  for (const auto place : of) {
    list.push_back({confidence_of(rows[place]), predicted_by(rows[place]) == rows[place].truth});
  }
  return list;
}

std::vector<SourceCalibration> by_source(const ScoredRows& scored, const std::vector<CalibrationRow>& rows) {
  std::map<std::string, Places> groups;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) groups[scored.sources[i]].push_back(i);
  std::vector<SourceCalibration> list;
  for (const auto& [source, places] : groups) {
    list.push_back({.source = source, .error = expected_error(reliability_bins(outcomes(rows, places)))});
  }
  return list;
}

/// The wrong items, the most confident first.
std::vector<Mistake> worst(const ScoredRows& scored, const std::vector<TrainingText>& texts,
                           const std::vector<CalibrationRow>& rows, Places chosen,
                           const std::vector<std::string>& classes, Task task) {
  std::ranges::stable_sort(chosen, std::ranges::greater{}, [&](std::size_t i) { return confidence_of(rows[i]); });
  std::vector<Mistake> list;
  for (const auto item : chosen) {
    const auto said = predicted_by(rows[item]);
    if (said == rows[item].truth) continue;
    const auto& text = texts[scored.texts[item]];
    list.push_back({.text = text.text,
                    .entity = !asks_entities(task) ? "" : text.entities[scored.entities[item]].name,
                    .source = scored.sources[item],
                    .truth = classes[rows[item].truth],
                    .predicted = classes[said],
                    .confidence = confidence_of(rows[item])});
    if (list.size() == kWorst) break;
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
  const auto chosen = items_of(scored, sources);
  auto rows = as_rows(scored);
  review.calibration = calibrate(rows, chosen, classes.size());
  review.bins = reliability_bins(outcomes(rows, chosen));
  review.calibration_error = expected_error(review.bins);
  review.sources = by_source(scored, rows);
  for (const auto item : chosen) ++review.confusion[rows[item].truth][predicted_by(rows[item])];
  review.worst = worst(scored, texts, rows, chosen, classes, task);
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
