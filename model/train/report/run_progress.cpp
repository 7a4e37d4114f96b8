// Tested by tests/train/report/report_test.cpp
#include "model/train/report/run_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tapewatch::model::train {
namespace {

double mean_loss(const Progress& progress) { return progress.loss_sum / std::max(1.0, progress.rows); }

/// The tasks with labels since the start of the epoch.
std::vector<std::pair<Task, double>> accuracies(const Progress& progress) {
  std::vector<std::pair<Task, double>> list;
  for (const auto task : kAllTasks) {
    const auto place = static_cast<std::size_t>(task);
    if (progress.labelled[place] > 0.0) list.emplace_back(task, progress.right[place] / progress.labelled[place]);
  }
  return list;
}

}  // namespace

void count(Progress& progress, const Logits& logits, const Batch& batch, double loss) {
  const auto rows = static_cast<double>(batch.input.ids.size(0));
  for (const auto task : kAllTasks) {
    const auto scores = logits.of(task);
    if (!scores.defined()) continue;
    const auto& labels = batch.labels(task);
    const auto place = static_cast<std::size_t>(task);
    progress.right[place] += (scores.argmax(1) == labels).sum().item<double>();
    progress.labelled[place] += (labels != kNoLabel).sum().item<double>();
  }
  progress.loss_sum += loss * rows;
  progress.rows += rows;
  progress.step += 1;
  progress.global_step += 1;
  if (!std::isfinite(progress.loss_sum)) {
    throw std::runtime_error("the loss is no longer finite: lower the learning rates");
  }
}

RunState run_state(const Progress& progress, const RunLength& length) {
  const double a_step = progress.seconds / std::max(1.0, progress.global_step);
  std::string accuracy;
  for (const auto& [task, share] : accuracies(progress)) accuracy += fmt::format(" {} {:.4f}", to_string(task), share);
  return {.epoch = static_cast<std::int64_t>(progress.epoch) + 1,
          .epochs = length.epochs,
          .step = static_cast<std::int64_t>(progress.step),
          .steps = length.steps,
          .loss = mean_loss(progress),
          .accuracy = std::move(accuracy),
          .seconds_a_step = a_step,
          .seconds_left = a_step * (static_cast<double>(length.steps * length.epochs) - progress.global_step)};
}

std::vector<std::pair<std::string, double>> training_values(const Progress& progress) {
  std::vector<std::pair<std::string, double>> values{{"train/loss", mean_loss(progress)}};
  for (const auto& [task, share] : accuracies(progress)) {
    values.emplace_back(fmt::format("train/{}/accuracy", to_string(task)), share);
  }
  return values;
}

}  // namespace tapewatch::model::train
