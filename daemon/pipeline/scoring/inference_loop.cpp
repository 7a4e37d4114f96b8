#include "daemon/pipeline/scoring/inference_loop.hpp"

#include <algorithm>
#include <new>

namespace tapewatch {
namespace {

std::size_t text_bytes(const Incoming& incoming) {
  const auto* document = std::get_if<ingest::Document>(&incoming.content);
  return document ? document->title.size() + document->body.size() : 0;
}

/// A batch of headlines stays whole; long texts come a few at a time.
std::vector<std::vector<Incoming>> in_parts(std::vector<Incoming> batch, std::size_t most_bytes) {
  std::vector<std::vector<Incoming>> parts(1);
  std::size_t bytes = 0;
  for (Incoming& incoming : batch) {
    const std::size_t more = text_bytes(incoming);
    if (bytes + more > most_bytes && !parts.back().empty()) {
      parts.emplace_back();
      bytes = 0;
    }
    bytes += more;
    parts.back().push_back(std::move(incoming));
  }
  return parts;
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
std::vector<Scored> InferenceLoop::score_when_possible(Scorer& scorer, std::vector<Incoming>& part) {
  while (!given_up_) {
    try {
      return scorer.score(std::move(part), clock_);
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
    auto batch = documents_.pop_batch(options_.max_batch, options_.linger);
    if (batch.empty()) return;
    if (scorers_.renew) scorers_.renew(scorer);
    for (auto& part : in_parts(std::move(batch), options_.max_text_bytes)) {
      if (given_up_) return;
      const auto started = std::chrono::steady_clock::now();
      auto records = score_when_possible(scorer, part);
      if (records.empty()) return;
      on_batch_(records.size(), scorer.last_tokens(), std::chrono::steady_clock::now() - started);
      for (auto& record : records) {
        if (!scored_.push(std::move(record))) return;
      }
      progress_.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

}  // namespace tapewatch
