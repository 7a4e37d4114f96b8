// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/pipeline_record.hpp"

#include <boost/json.hpp>

namespace tapewatch {
namespace {

double milliseconds_since(PipelineRecord::Clock::time_point time) {
  return std::chrono::duration<double, std::milli>(PipelineRecord::Clock::now() - time).count();
}

/// The title of the first story of a firing alert; empty for other messages.
std::string title_of(std::string_view body) {
  boost::system::error_code error;
  const auto message = boost::json::parse(body, error);
  if (error) return {};
  const auto* const type = message.find_pointer("/type", error);
  if (type == nullptr || *type != "alert.firing") return {};
  const auto* const title = message.find_pointer("/data/top_stories/0/title", error);
  return title != nullptr && title->is_string() ? std::string(title->get_string()) : "";
}

}  // namespace

void PipelineRecord::begin() {
  const MutexLock lock(mutex_);
  commits_ = alerts_ = 0;
  stored_.clear();
  told_.clear();
  grave_.clear();
}

void PipelineRecord::committed(const std::string& title, bool grave, Clock::time_point arrived) {
  {
    const MutexLock lock(mutex_);
    ++commits_;
    stored_.push_back(milliseconds_since(arrived));
    if (grave) grave_.emplace(title, arrived);
  }
  changed_.notify_all();
}

void PipelineRecord::fired() {
  const MutexLock lock(mutex_);
  ++alerts_;
}

void PipelineRecord::received(std::string_view body) {
  const std::string title = title_of(body);
  {
    const MutexLock lock(mutex_);
    const auto arrived = grave_.find(title);
    if (arrived == grave_.end()) return;
    told_.push_back(milliseconds_since(arrived->second));
  }
  changed_.notify_all();
}

bool PipelineRecord::wait(std::chrono::milliseconds patience,
                          const std::function<bool(std::size_t, std::size_t, std::size_t)>& holds) {
  MutexLock lock(mutex_);
  return changed_.wait_for(lock, patience, [&]() REQUIRES(mutex_) { return holds(commits_, alerts_, told_.size()); });
}

std::size_t PipelineRecord::commits() {
  const MutexLock lock(mutex_);
  return commits_;
}

Waits PipelineRecord::stored() {
  const MutexLock lock(mutex_);
  return Waits::of(stored_);
}

Waits PipelineRecord::told() {
  const MutexLock lock(mutex_);
  return Waits::of(told_);
}

std::size_t PipelineRecord::webhooks() {
  const MutexLock lock(mutex_);
  return told_.size();
}

}  // namespace tapewatch
