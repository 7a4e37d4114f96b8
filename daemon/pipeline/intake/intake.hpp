#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/incoming.hpp"

namespace tapewatch {

/// One pushed document and who wants to know what became of it.
struct Submission {
  ingest::Document document;
  std::function<void(const Commit&)> on_commit;  ///< on the writer thread, after the commit; must not block
};

/// The door for documents that are pushed (POST /v1/documents). Any thread.
class DocumentIntake {
 public:
  virtual ~DocumentIntake() = default;
  /// All of them or none: false when the queue has no room for all (answer 503) or the daemon is stopping.
  virtual bool submit_all(std::vector<Submission> submissions) = 0;
  /// The most that one call can ever take.
  virtual std::size_t capacity() const = 0;
};

/// The intake in front of the document queue: numbers the documents as a source of their own.
class QueueIntake final : public DocumentIntake {
 public:
  /// `name`: what metrics and dead letters call this source; never what a document says of itself.
  QueueIntake(DocumentQueue& queue, std::uint32_t slot, std::string name)
      : queue_(queue), slot_(slot), name_(std::move(name)) {}

  bool submit_all(std::vector<Submission> submissions) override {
    std::vector<Incoming> batch;
    batch.reserve(submissions.size());
    // One lock over numbering and pushing: a number that was handed out is always in the queue.
    const MutexLock lock(mutex_);
    std::uint64_t number = next_;
    for (auto& submission : submissions) {
      Incoming incoming;
      incoming.source_slot = slot_;
      incoming.number = number++;
      incoming.source = name_;
      incoming.content = std::move(submission.document);
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
