#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/scoring/scoring_queue.hpp"
#include "model/classifier.hpp"

namespace tapewatch {

struct SchedulerOptions {
  unsigned threads = 0;            // 0: one per core
  std::size_t batch_tokens = 256;  // about as many tokens are taken by a worker at once; a longer text is one batch
};

/// The workers that score every text of a process: a Classifier for each core, over shared weights, and as many
/// threads. A call is spread over all of them and returns when its texts are done. A worker that is free takes what
/// waits, texts of several calls together, as ScoringQueue says: so a text waits for its own lane's earlier texts and,
/// for each batch of these, for about one batch of every other lane that is busy. The thread that calls uses a free
/// worker by itself: a lone text does not wait until another thread wakes.
class Scheduler {
 public:
  explicit Scheduler(std::shared_ptr<const model::ModelPackage> package, model::ReadingOptions reading = {},
                     const SchedulerOptions& options = {});
  /// No call may be in progress.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Like Classifier::classify(). Blocks; any thread. What a worker throws is rethrown here, and the rest of the call
  /// is dropped.
  std::vector<model::Prediction> classify(std::span<const model::TextInput> texts, Lane lane);

  /// A lane as a classifier, also of several threads. The scheduler must outlive it.
  class Client final : public model::TextClassifier {
   public:
    Client(Scheduler& scheduler, Lane lane) : scheduler_(&scheduler), lane_(lane) {}

    std::vector<model::Prediction> classify(std::span<const model::TextInput> texts) override {
      return scheduler_->classify(texts, lane_);
    }
    model::Encoding read(std::string_view text) const override {
      return scheduler_->workers_.front().classifier.read(text);
    }
    model::BoilerplateSpans left_out(std::string_view text) const override {
      return scheduler_->workers_.front().classifier.left_out(text);
    }
    model::ComparisonReading comparisons(std::string_view text) const override {
      return scheduler_->workers_.front().classifier.comparisons(text);
    }
    const model::Prior& prior() const override { return scheduler_->prior(); }

   private:
    Scheduler* scheduler_;
    Lane lane_;
  };

  const std::shared_ptr<const model::ModelPackage>& package() const { return package_; }
  const model::Prior& prior() const { return reading_.prior; }
  /// Null: none.
  model::LogitCache* cache() const { return reading_.cache.get(); }
  std::size_t threads() const { return workers_.size(); }

 private:
  /// What one thread at a time uses, with room for any batch: a worker that takes texts does not fail.
  struct Worker {
    model::Classifier classifier;  // what is const in it is shared
    std::vector<ScoringTask> tasks = {};
    std::vector<model::TextInput> texts = {};
    std::vector<model::Prediction> predictions = {};
  };
  void close();
  void work();
  Worker& take_batch() REQUIRES(mutex_);
  static std::exception_ptr score(Worker& worker);
  void give_back(Worker& worker, const std::exception_ptr& failure) REQUIRES(mutex_);

  const std::shared_ptr<const model::ModelPackage> package_;
  const model::ReadingOptions reading_;
  std::vector<Worker> workers_;
  Mutex mutex_;
  std::vector<Worker*> free_ GUARDED_BY(mutex_);
  Condition work_waits_;
  ScoringQueue queue_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tapewatch
