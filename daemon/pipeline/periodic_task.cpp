#include "daemon/pipeline/periodic_task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "daemon/observe/shortage.hpp"

namespace tapewatch {
namespace asio = boost::asio;

namespace {

Outage::TimePoint wall_clock() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

PeriodicTask::PeriodicTask(asio::io_context& io, std::string name, Round round, std::chrono::milliseconds after_failure,
                           std::shared_ptr<spdlog::logger> log)
    : io_(io),
      name_(std::move(name)),
      round_(std::move(round)),
      after_failure_(after_failure),
      log_(std::move(log)),
      timer_(io) {}

void PeriodicTask::start() {
  running_ = true;
  asio::co_spawn(io_, run(), [this](std::exception_ptr) {  // run() lets no exception through
    running_ = false;
    if (on_ended_) std::exchange(on_ended_, nullptr)();
  });
}

void PeriodicTask::stop(std::function<void()> done) {
  stopping_ = true;
  timer_.cancel();
  if (!running_) {
    done();
    return;
  }
  on_ended_ = std::move(done);
}

asio::awaitable<void> PeriodicTask::run() {
  while (!stopping_) {
    const auto wait = co_await guarded_round();
    if (stopping_) co_return;
    timer_.expires_after(wait);
    boost::system::error_code cancelled;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

asio::awaitable<std::chrono::milliseconds> PeriodicTask::guarded_round() {
  try {
    const auto wait = co_await round_();
    if (outage_.recovered()) log_->info("{}: works again", name_);
    co_return wait;
  } catch (const std::exception& error) {
    failed(explained(error));
  }
  co_return after_failure_;
}

void PeriodicTask::failed(const std::string& why) {
  if (!outage_.failed(wall_clock())) return;
  log_->error("{}: {}; retried every {} s, {} failures so far", name_, why,
              std::chrono::duration<double>(after_failure_).count(), outage_.failures());
}

}  // namespace tapewatch
