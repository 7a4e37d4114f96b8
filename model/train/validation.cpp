#include "model/train/validation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace tapewatch::model::train {
namespace {

torch::Tensor rows_of(const ScoredRows& scored, const std::vector<std::string>& sources) {
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < scored.sources.size(); ++i) {
    if (std::find(sources.begin(), sources.end(), scored.sources[i]) != sources.end())
      chosen.push_back(static_cast<std::int64_t>(i));
  }
  return torch::tensor(chosen, torch::kLong);
}

double macro_f1(const torch::Tensor& predicted, const torch::Tensor& labels, std::int64_t classes) {
  double sum = 0.0, occurring = 0.0;
  for (std::int64_t c = 0; c < classes; ++c) {
    const auto said = (predicted == c), is = (labels == c);
    const auto total = is.sum().item<double>();
    if (total == 0.0) continue;
    const auto both = (said & is).sum().item<double>();
    sum += 2.0 * both / (said.sum().item<double>() + total);
    occurring += 1.0;
  }
  return occurring == 0.0 ? 0.0 : sum / occurring;
}

}  // namespace

ScoredRows score_rows(const Network& network, const std::vector<LabelledRow>& rows,
                      const std::vector<EncodedRow>& encoded, Task task, std::int64_t batch) {
  torch::NoGradGuard no_grad;
  const auto classes = task == Task::sentiment ? network.shape().sentiments : network.shape().topics;
  ScoredRows scored{torch::zeros({static_cast<std::int64_t>(rows.size()), classes}),
                    torch::zeros({static_cast<std::int64_t>(rows.size())}, torch::kLong),
                    {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    scored.sources.push_back(rows[i].source);
    scored.labels[static_cast<std::int64_t>(i)] = task == Task::sentiment ? rows[i].sentiment : rows[i].topic;
  }
  for (const auto& chosen : plan_by_length(encoded, batch)) {
    const auto tensors = make_batch(encoded, chosen);
    const auto logits = network.forward(tensors.ids, tensors.mask, false);
    const std::vector<std::int64_t> places(chosen.begin(), chosen.end());
    scored.logits.index_copy_(0, torch::tensor(places, torch::kLong),
                              task == Task::sentiment ? logits.sentiment : logits.topic);
  }
  return scored;
}

std::vector<SourceScore> by_source(const ScoredRows& scored, Task task) {
  std::vector<SourceScore> scores;
  for (const auto& source : std::set<std::string>(scored.sources.begin(), scored.sources.end())) {
    const auto rows = rows_of(scored, {source});
    const auto logits = scored.logits.index_select(0, rows), labels = scored.labels.index_select(0, rows);
    const auto predicted = logits.argmax(1);
    scores.push_back({.task = task,
                      .source = source,
                      .rows = rows.numel(),
                      .accuracy = (predicted == labels).to(torch::kDouble).mean().item<double>(),
                      .macro_f1 = macro_f1(predicted, labels, logits.size(1)),
                      .loss = torch::cross_entropy_loss(logits, labels).item<double>()});
  }
  return scores;
}

double fit_temperature(const ScoredRows& scored, const std::vector<std::string>& sources) {
  const auto rows = rows_of(scored, sources);
  if (rows.numel() == 0) return 1.0;
  const auto logits = scored.logits.index_select(0, rows).to(torch::kDouble),
             labels = scored.labels.index_select(0, rows);
  const auto loss = [&](double log_temperature) {
    return torch::cross_entropy_loss(logits / std::exp(log_temperature), labels).item<double>();
  };
  constexpr double kGolden = 0.6180339887498949;  // golden-section search: the loss has one minimum in 1/t
  double low = std::log(0.25), high = std::log(4.0);
  for (int i = 0; i < 40; ++i) {
    const double a = high - kGolden * (high - low), b = low + kGolden * (high - low);
    if (loss(a) < loss(b)) {
      high = b;
    } else {
      low = a;
    }
  }
  return std::exp((low + high) / 2.0);
}

}  // namespace tapewatch::model::train
