#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/history_intake.hpp"
#include "daemon/pipeline/incoming.hpp"

namespace tapewatch {

/// One pushed document, or a removal, and the callback for its result.
struct Submission {
  Content content;
  std::function<void(const Commit&)> on_commit;  ///< on the writer thread, after the commit; must not block
  bool history = false;                          ///< it comes long after it was news: marked as backfilled
};

/// The entry for pushed documents (POST /v1/documents). Any thread.
class DocumentIntake {
 public:
  virtual ~DocumentIntake() = default;
  /// All of them or none: false when the queue has no room for all (answer 503) or the daemon is stopping.
  virtual bool submit_all(std::vector<Submission> submissions) = 0;
  /// The most that one call can accept.
  virtual std::size_t capacity() const = 0;
};

/// The intake before the document queue: numbers the documents as a separate source.
class QueueIntake final : public DocumentIntake {
 public:
  /// `name`: the source's name in metrics and dead letters; never the source named by a document.
  QueueIntake(DocumentQueue& queue, std::uint32_t slot, std::string name)
      : queue_(queue), slot_(slot), name_(std::move(name)) {}

  bool submit_all(std::vector<Submission> submissions) override {
    std::vector<Incoming> batch;
    batch.reserve(submissions.size());
    // One lock for numbering and pushing: a number handed out is always in the queue.
    const MutexLock lock(mutex_);
    std::uint64_t number = next_;
    for (auto& submission : submissions) {
      Incoming incoming;
      incoming.source_slot = slot_;
      incoming.number = number++;
      const bool history = submission.history && !std::holds_alternative<Removal>(submission.content);
      incoming.source = history ? std::string(kHistoryIntake) : name_;
      incoming.content = std::move(submission.content);
      incoming.on_commit = std::move(submission.on_commit);
      batch.push_back(std::move(incoming));
    }
    if (!queue_.try_push_all(batch)) return false;
    next_ = number;
    return true;
  }
  std::size_t capacity() const override { return queue_.capacity(); }

 private:
  DocumentQueue& queue_;
  const std::uint32_t slot_;
  const std::string name_;
  Mutex mutex_;
  std::uint64_t next_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tapewatch
