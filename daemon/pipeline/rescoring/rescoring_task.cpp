// Tested by tests/daemon/api/rescore_api_test.cpp
#include "daemon/pipeline/rescoring/rescoring_task.hpp"

#include <algorithm>
#include <utility>

#include "daemon/observe/shortage.hpp"
#include "storage/rescored/asked_rescoring.hpp"

namespace tapewatch {

bool RescoringTask::reserve(const storage::RescoringQuery& query) {
  const MutexLock lock(mutex_);
  if (state_.running || stopped_) return false;
  last_ = std::exchange(state_, {});
  state_.running = true;
  state_.query = query;
  return true;
}

void RescoringTask::begin() {
  const MutexLock lock(mutex_);
  if (stopped_) {
    state_.running = false;
    return;
  }
  if (thread_.joinable()) thread_.join();  // the last one, which has ended
  history_.renew();
  thread_ = std::thread([this, query = state_.query] { run(query); });
}

void RescoringTask::release() {
  const MutexLock lock(mutex_);
  state_ = std::move(last_);
}

void RescoringTask::go_on(storage::Connection& connection, const std::string& model, bool mentions) {
  auto query = storage::asked_rescoring(connection);
  if (!query) return;
  query->model = model;
  query->mentions = query->mentions || mentions;
  if (reserve(*query)) begin();
}

RescoringState RescoringTask::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

void RescoringTask::stop() {
  history_.stop();
  std::thread last;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    last = std::exchange(thread_, {});
  }
  if (last.joinable()) last.join();
}

void RescoringTask::note(std::int64_t left, std::int64_t all) {
  const MutexLock lock(mutex_);
  state_.counted = true;
  state_.documents = std::max(state_.documents, all);
  state_.left = left;
}

void RescoringTask::run(const storage::RescoringQuery& query) {
  log_->info("stored history is scored by {}, as was asked for", query.model);
  std::string failure;
  try {
    if (query.mentions) {
      const std::size_t filled = history_.fill(query);
      if (filled > 0) log_->info("{} stored documents name companies that have been watched since", filled);
    }
    history_.run(query, [this](std::int64_t left, std::int64_t all) { note(left, all); });
    history_.write([](storage::Connection& connection) { storage::forget_rescoring(connection); });
  } catch (const std::exception& error) {
    failure = explained(error);
  }
  RescoringState ended;
  {
    const MutexLock lock(mutex_);
    state_.running = false;
    state_.failure = failure;
    ended = state_;
  }
  if (failure.empty()) {
    log_->info("{} stored documents have been scored by {}", ended.documents, query.model);
  } else {
    log_->warn("the rescoring of stored history ended with {} of {} documents left: {}", ended.left, ended.documents,
               failure);
  }
}

}  // namespace tapewatch
