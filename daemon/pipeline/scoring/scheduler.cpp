#include "daemon/pipeline/scoring/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace tapewatch {

Scheduler::Scheduler(std::shared_ptr<const model::ModelPackage> package, model::ReadingOptions reading,
                     const SchedulerOptions& options)
    : package_(std::move(package)),
      reading_(std::move(reading)),
      queue_(options.batch_tokens, reading_.max_windows * package_->max_tokens()) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = options.threads == 0 ? cores : options.threads;
  workers_.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    workers_.push_back({.classifier = model::Classifier(package_, reading_)});
    workers_.back().tasks.reserve(ScoringQueue::most_texts(options.batch_tokens));
  }
  for (auto& worker : workers_) free_.push_back(&worker);
  try {
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  } catch (...) {
    close();
    throw;
  }
}

Scheduler::~Scheduler() { close(); }

void Scheduler::close() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  work_waits_.notify_all();
  for (auto& thread : threads_) thread.join();
}

std::vector<model::Prediction> Scheduler::classify(std::span<const model::TextInput> texts, Lane lane) {
  std::vector<model::Prediction> predictions(texts.size());
  if (texts.empty()) return predictions;
  ScoringCall call{.texts = texts, .predictions = predictions};
  {
    MutexLock lock(mutex_);
    queue_.push(call, lane);
    while (call.next < texts.size() && !free_.empty()) {
      Worker& worker = take_batch();
      lock.unlock();
      const auto failure = score(worker);
      lock.lock();
      give_back(worker, failure);
    }
    if (!queue_.empty()) work_waits_.notify_one();
    call.done.wait(lock, [&] { return call.over(); });
  }
  if (call.failure) std::rethrow_exception(call.failure);
  return predictions;
}

void Scheduler::work() {
  MutexLock lock(mutex_);
  while (true) {
    work_waits_.wait(lock, [&]() REQUIRES(mutex_) { return closed_ || (!queue_.empty() && !free_.empty()); });
    if (closed_) return;
    Worker& worker = take_batch();
    lock.unlock();
    const auto failure = score(worker);
    lock.lock();
    give_back(worker, failure);
  }
}

/// A free worker with the next batch. Where more waits, a thread takes that.
Scheduler::Worker& Scheduler::take_batch() {
  Worker& worker = *free_.back();
  free_.pop_back();
  queue_.take(worker.tasks);
  if (!queue_.empty() && !free_.empty()) work_waits_.notify_one();
  return worker;
}

/// Without the lock. Returns what went wrong.
std::exception_ptr Scheduler::score(Worker& worker) {
  auto& [classifier, tasks, texts, predictions] = worker;
  try {
    texts.clear();
    for (const auto& [call, text] : tasks) texts.push_back(call->texts[text]);
    predictions.resize(texts.size());
    classifier.classify(texts, predictions);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      tasks[i].call->predictions[tasks[i].text] = std::move(predictions[i]);
    }
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

void Scheduler::give_back(Worker& worker, const std::exception_ptr& failure) {
  for (const auto& task : worker.tasks) {
    ScoringCall& call = *task.call;
    --call.in_progress;
    if (failure && !call.failure) {
      call.failure = failure;
      queue_.drop(call);
    }
    if (call.over()) call.done.notify_one();
  }
  worker.tasks.clear();
  free_.push_back(&worker);
}

}  // namespace tapewatch
