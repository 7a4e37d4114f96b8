#include "daemon/pipeline/inference_loop.hpp"

#include <algorithm>

namespace tapewatch {

InferenceLoop::InferenceLoop(InferenceLoopOptions options, DocumentQueue& documents, WriterQueue& scored,
                             MakeScorer make_scorer, const EventClock& clock, OnBatch on_batch)
    : options_(options),
      documents_(documents),
      scored_(scored),
      make_scorer_(std::move(make_scorer)),
      clock_(clock),
      on_batch_(std::move(on_batch)) {}

InferenceLoop::~InferenceLoop() {
  documents_.close();
  scored_.close();
  join();
}

void InferenceLoop::start() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = options_.threads == 0 ? cores : options_.threads;
  for (unsigned i = 0; i < count; ++i) workers_.emplace_back([this] { work(); });
}

void InferenceLoop::join() {
  for (auto& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

void InferenceLoop::work() {
  Scorer scorer = make_scorer_();
  while (true) {
    auto batch = documents_.pop_batch(options_.max_batch, options_.linger);
    if (batch.empty()) return;
    const auto started = std::chrono::steady_clock::now();
    auto records = scorer.score(std::move(batch), clock_);
    on_batch_(records.size(), scorer.last_tokens(), std::chrono::steady_clock::now() - started);
    for (auto& record : records) {
      if (!scored_.push(std::move(record))) return;
    }
    progress_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace tapewatch
