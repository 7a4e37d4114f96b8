// Tested by tests/train/prune/prune_test.cpp
#include "model/train/classify_parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace tapewatch::model::train {

std::vector<Prediction> classify_parallel(const std::shared_ptr<const ModelPackage>& package,
                                          std::span<const TextInput> texts, std::size_t threads,
                                          const ReadingOptions& reading) {
  constexpr std::size_t kShare = 64;  // texts per step of a worker
  std::vector<Prediction> predictions(texts.size());
  std::vector<std::exception_ptr> failures(std::max<std::size_t>(threads, 1));
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t worker) {
    try {
      Classifier classifier(package, reading);
      for (std::size_t first; (first = next.fetch_add(kShare)) < texts.size();) {
        const auto chunk = texts.subspan(first, std::min(kShare, texts.size() - first));
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

}  // namespace tapewatch::model::train
