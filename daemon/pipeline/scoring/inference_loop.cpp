#include "daemon/pipeline/scoring/inference_loop.hpp"

#include <new>

namespace tapewatch {
namespace {

std::size_t text_bytes(const Incoming& incoming) {
  const auto* document = std::get_if<ingest::Document>(&incoming.content);
  return document ? document->title.size() + document->body.size() : 0;
}

}  // namespace

InferenceLoop::InferenceLoop(InferenceLoopOptions options, DocumentQueue& documents, WriterQueue& scored,
                             Scorers scorers, const EventClock& clock, OnBatch on_batch, InferenceTrouble trouble)
    : options_(options),
      documents_(documents),
      scored_(scored),
      scorers_(std::move(scorers)),
      clock_(clock),
      on_batch_(std::move(on_batch)),
      trouble_(std::move(trouble)) {}

InferenceLoop::~InferenceLoop() {
  documents_.close();
  scored_.close();
  join();
}

void InferenceLoop::start() {
  for (unsigned i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

void InferenceLoop::join() {
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void InferenceLoop::work() {
  try {
    score_until_closed();
  } catch (const std::exception& failure) {
    if (trouble_.failed) trouble_.failed(failure);
  }
}

/// The result; empty if the loop gives up before memory is available.
std::vector<Scored> InferenceLoop::score_when_possible(Scorer& scorer, std::vector<Incoming>& batch) {
  while (!given_up_) {
    try {
      return scorer.score(std::move(batch), clock_);
    } catch (const std::bad_alloc&) {
      if (trouble_.no_memory) trouble_.no_memory();
      std::this_thread::sleep_for(options_.retry);
    }
  }
  return {};
}

void InferenceLoop::score_until_closed() {
  Scorer scorer = scorers_.make();
  while (true) {
    const auto fits = [this, bytes = std::size_t{0}](const Incoming& incoming) mutable {
      return (bytes += text_bytes(incoming)) <= options_.batch_bytes;
    };
    auto batch = documents_.pop_batch(options_.max_batch, options_.linger, fits);
    if (batch.empty() || given_up_) return;
    if (scorers_.renew) scorers_.renew(scorer);
    const auto started = std::chrono::steady_clock::now();
    auto records = score_when_possible(scorer, batch);
    if (records.empty()) return;
    on_batch_(records.size(), scorer.last_tokens(), std::chrono::steady_clock::now() - started);
    for (auto& record : records) {
      if (!scored_.push(std::move(record))) return;
    }
    progress_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace tapewatch
