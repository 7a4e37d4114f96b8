#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writer_queue.hpp"

namespace tapewatch {

struct InferenceLoopOptions {
  unsigned threads = 2;                  ///< that prepare batches and wait for their scores
  std::size_t max_batch = 32;            ///< documents per batch
  std::size_t batch_bytes = 1'024;       ///< of a batch's texts, or one text: about what a worker takes at once
  std::chrono::milliseconds linger{2};   ///< wait for a fuller batch
  std::chrono::milliseconds retry{200};  ///< when memory is missing
};

/// Reports of failures that the workers cannot handle themselves. Called on one of its threads; may be empty.
struct InferenceTrouble {
  std::function<void()> no_memory;                            ///< the batch waits and is scored again
  std::function<void(const std::exception& failure)> failed;  ///< the thread has ended
};

/// Documents in, scored records out: each thread takes a batch, has it scored and passes it on. There are more of them
/// than the scheduler's workers, so that these never wait for the rest of that work. A batch is no larger than what one
/// worker takes at once: no document waits for the scores of others that are not scored together with it.
///
/// Back-pressure: a full writer queue blocks the threads, which fills the document queue, which holds the sources.
class InferenceLoop {
 public:
  /// Of each thread: `make`, and before each batch `renew` (may be empty): a reload replaces the watch list.
  struct Scorers {
    std::function<Scorer()> make;
    std::function<void(Scorer&)> renew;
  };
  using OnBatch =
      std::function<void(std::size_t documents, std::size_t tokens, std::chrono::steady_clock::duration took)>;

  InferenceLoop(InferenceLoopOptions options, DocumentQueue& documents, WriterQueue& scored, Scorers scorers,
                const EventClock& clock, OnBatch on_batch, InferenceTrouble trouble = {});
  ~InferenceLoop();
  InferenceLoop(const InferenceLoop&) = delete;
  InferenceLoop& operator=(const InferenceLoop&) = delete;

  void start();
  /// Documents not yet scored are left to their sources: the threads stop after the few texts in progress. Any thread.
  void give_up() { given_up_ = true; }
  /// Waits for the threads; close the document queue first. Idempotent.
  void join();
  /// Batches finished so far: the liveness check reads it while work is waiting.
  std::uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }

 private:
  void work();
  void score_until_closed();
  std::vector<Scored> score_when_possible(Scorer& scorer, std::vector<Incoming>& batch);

  const InferenceLoopOptions options_;
  DocumentQueue& documents_;
  WriterQueue& scored_;
  const Scorers scorers_;
  const EventClock& clock_;
  const OnBatch on_batch_;
  const InferenceTrouble trouble_;
  std::atomic<std::uint64_t> progress_{0};
  std::atomic<bool> given_up_{false};
  std::vector<std::thread> threads_;
};

}  // namespace tapewatch
