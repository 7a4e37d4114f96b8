#include "model/train/review.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tapewatch::model::train {
namespace {

constexpr std::int64_t kFolds = 5;
constexpr std::size_t kBins = 10, kWorst = 25;

struct Item {
  std::size_t place = 0;  // in ScoredRows
  std::int64_t truth = 0, predicted = 0;
  double confidence = 0.0;
};

std::vector<std::int64_t> chosen_rows(const ScoredRows& scored, const std::vector<std::string>& sources) {
  std::vector<std::int64_t> rows, all;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    all.push_back(static_cast<std::int64_t>(i));
    if (std::find(sources.begin(), sources.end(), scored.sources[i]) != sources.end()) rows.push_back(all.back());
  }
  return rows.empty() ? all : rows;
}

std::vector<Item> cross_fitted(const ScoredRows& scored, const std::vector<std::int64_t>& rows) {
  std::vector<Item> items;
  for (std::int64_t fold = 0; fold < kFolds; ++fold) {
    std::vector<std::int64_t> in, out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      (static_cast<std::int64_t>(i) % kFolds == fold ? out : in).push_back(rows[i]);
    }
    if (out.empty()) continue;
    const auto fit = torch::tensor(in, torch::kLong), apply = torch::tensor(out, torch::kLong);
    const double temperature =
        in.empty() ? 1.0 : fit_temperature(scored.logits.index_select(0, fit), scored.labels.index_select(0, fit));
    const auto probabilities = torch::softmax(scored.logits.index_select(0, apply) / temperature, 1);
    const auto [confidence, predicted] = probabilities.max(1);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      items.push_back({.place = static_cast<std::size_t>(out[i]),
                       .truth = scored.labels[out[i]].item<std::int64_t>(),
                       .predicted = predicted[row].item<std::int64_t>(),
                       .confidence = confidence[row].item<double>()});
    }
  }
  return items;
}

/// Items in order of falling confidence.
std::vector<ReliabilityBin> equal_mass_bins(const std::vector<Item>& items) {
  std::vector<ReliabilityBin> bins;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const auto begin = items.size() * bin / kBins, end = items.size() * (bin + 1) / kBins;
    if (begin == end) continue;
    ReliabilityBin one{.rows = static_cast<std::int64_t>(end - begin)};
    for (auto i = begin; i < end; ++i) {
      one.confidence += items[i].confidence;
      one.accuracy += items[i].truth == items[i].predicted ? 1.0 : 0.0;
    }
    one.confidence /= static_cast<double>(one.rows);
    one.accuracy /= static_cast<double>(one.rows);
    bins.push_back(one);
  }
  return bins;
}

}  // namespace

TaskReview review_task(const ScoredRows& scored, const std::vector<TrainingText>& texts, Task task,
                       const std::vector<std::string>& classes, const std::vector<std::string>& sources) {
  torch::NoGradGuard no_grad;
  TaskReview review{.task = task, .classes = classes};
  review.confusion.assign(classes.size(), std::vector<std::int64_t>(classes.size()));
  auto items = cross_fitted(scored, chosen_rows(scored, sources));
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.confidence > b.confidence; });
  review.bins = equal_mass_bins(items);
  for (const auto& bin : review.bins) {
    review.calibration_error +=
        std::abs(bin.confidence - bin.accuracy) * static_cast<double>(bin.rows) / static_cast<double>(items.size());
  }
  for (const auto& item : items) {
    const auto truth = static_cast<std::size_t>(item.truth), predicted = static_cast<std::size_t>(item.predicted);
    ++review.confusion[truth][predicted];
    if (truth == predicted || review.worst.size() == kWorst) continue;
    const auto& text = texts[scored.texts[item.place]];
    review.worst.push_back({.text = text.text,
                            .entity = task == Task::entity ? text.entities[scored.entities[item.place]].name : "",
                            .source = scored.sources[item.place],
                            .truth = classes[truth],
                            .predicted = classes[predicted],
                            .confidence = item.confidence});
  }
  return review;
}

}  // namespace tapewatch::model::train
