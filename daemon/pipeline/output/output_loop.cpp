#include "daemon/pipeline/output/output_loop.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <random>
#include <utility>

#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/output/output_start.hpp"
#include "ingest/kafka/rdkafka_output.hpp"

namespace tapewatch {
namespace {

using OutputOutcome = ingest::OutputResult::Kind;
using LoopClock = std::chrono::steady_clock;

// Signals belong to the main thread; librdkafka's threads inherit the mask of the one that opens a client.
void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

std::string random_process() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace

OutputLoop::OutputLoop(ingest::KafkaOutputOptions options, OutputLoopParts parts, Metrics& metrics)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      metrics_(metrics),
      process_(parts_.process.empty() ? random_process() : parts_.process),
      room_(options_.batch),
      wait_(options_.retry_first) {
  report_.name = options_.name;
  report_.documents = options_.documents;
  report_.alerts = options_.alerts;
  report_.state = "stopped";
  metrics_.show_output(options_.name);
}

OutputLoop::~OutputLoop() { stop(); }

void OutputLoop::start() {
  looked_ = receipt_at_ = committed_at_ = LoopClock::now() - options_.look_every;
  set_state("opening");
  thread_ = std::thread([this] { work(); });
}

void OutputLoop::ask_stop() {
  {
    const MutexLock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

void OutputLoop::stop() {
  ask_stop();
  if (thread_.joinable()) thread_.join();
}

void OutputLoop::wake() {
  {
    const MutexLock lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

OutputReport OutputLoop::report() const {
  const MutexLock lock(mutex_);
  return report_;
}

bool OutputLoop::stopping() const {
  const MutexLock lock(mutex_);
  return stop_;
}

void OutputLoop::set_state(const char* state) {
  const MutexLock lock(mutex_);
  report_.state = state;
}

void OutputLoop::note_waiting(bool waits) {
  const MutexLock lock(mutex_);
  if (!waits) {
    report_.waiting_since.reset();
  } else if (!report_.waiting_since) {
    report_.waiting_since = wall_now();
  }
}

void OutputLoop::work() {
  block_all_signals();
  while (!stopping()) {
    try {
      round();
    } catch (const std::exception& error) {
      forget_client();
      failed("failed", explained(error));
      pause();
    }
  }
  give_receipt(true);
  client_.reset();
  set_state("stopped");
}

void OutputLoop::round() {
  look();
  if (halted_) {
    MutexLock lock(mutex_);
    changed_.wait_for(lock, options_.look_every, [&]() REQUIRES(mutex_) { return stop_; });
    return;
  }
  if (!opened_ && !open()) return;
  if (!known_ && !find_position()) return;
  publish();
}

bool OutputLoop::open() {
  note_waiting(true);
  // Asked between the steps of each call, which may take as long as a broker is frozen.
  const auto stop = [this] {
    look();
    return stopping();
  };
  if (!client_) client_ = parts_.open ? parts_.open(stop) : std::make_unique<ingest::RdKafkaOutput>(options_, stop);
  opened_ = succeeded(client_->open());
  return opened_;
}

bool OutputLoop::find_position() {
  std::optional<ingest::CommittedEvent> found;
  if (!succeeded(client_->committed(found))) return false;
  const auto by = found ? std::optional(found->by) : std::nullopt;
  if (std::exchange(has_seen_, true) && by && *by != process_ && by != seen_) {
    halt(
        fmt::format("another process publishes under the transactional id {}: this one has stopped; end the other, or "
                    "give each a transactional_id of its own, and reload or restart",
                    options_.id()));
    return false;
  }
  seen_ = by;
  OutputFacts facts{found, std::nullopt, std::max(parts_.journal->position(), position_), 0, 0};
  if (found) facts.written_at = parts_.journal->written_at(found->event);
  const auto range = parts_.journal->range();
  facts.oldest = range.oldest;
  facts.newest = range.newest;
  const OutputStartDecision decision = decide_output_start(facts);
  if (!decision.warning.empty()) parts_.log->warn("{}: {}", options_.name, decision.warning);
  position_ = decision.after;
  known_ = true;
  return true;
}

bool OutputLoop::succeeded(const ingest::OutputResult& result) {
  switch (result.kind) {
    case OutputOutcome::done:
      return true;
    case OutputOutcome::again:
      failed("again", result.why);
      break;
    case OutputOutcome::aborted:
    case OutputOutcome::too_large:
      known_ = false;
      failed("aborted", result.why);
      if (++aborts_ % options_.most_aborts == 0) forget_client();
      break;
    case OutputOutcome::lost:
      failed("lost", result.why);
      forget_client();
      break;
  }
  pause();
  return false;
}

void OutputLoop::forget_client() {
  client_.reset();
  opened_ = known_ = false;
}

void OutputLoop::failed(std::string_view kind, const std::string& why) {
  if (stopping()) return;
  metrics_.count_output_error(options_.name, kind);
  const auto now = wall_now();
  if (const auto times = notice_.count("trouble", now)) {
    log_with(*parts_.log, spdlog::level::warn, {{"event", "output.failing"}, {"output", options_.name}},
             fmt::format("{}: {}; events wait for its brokers ({} times since the last report)", options_.name, why,
                         *times));
  }
  const MutexLock lock(mutex_);
  report_.state = "failing";
  report_.last_error = why;
  report_.last_error_at = now;
}

void OutputLoop::halt(const std::string& why) {
  halted_ = true;
  forget_client();
  metrics_.count_output_error(options_.name, "halted");
  log_with(*parts_.log, spdlog::level::err, {{"event", "output.halted"}, {"output", options_.name}},
           fmt::format("{}: {}", options_.name, why));
  const MutexLock lock(mutex_);
  report_.state = "halted";
  report_.last_error = why;
  report_.last_error_at = wall_now();
}

void OutputLoop::rest() {
  note_waiting(false);
  set_state("idle");
  client_->idle();
  give_receipt(false);
  keep_position_known();
  MutexLock lock(mutex_);
  const bool woken = changed_.wait_for(lock, options_.look_every, [&]() REQUIRES(mutex_) { return woken_ || stop_; });
  woken_ = false;
  if (woken) changed_.wait_for(lock, options_.linger, [&]() REQUIRES(mutex_) { return stop_; });
}

/// Brokers forget a group's offsets some days after the last one was committed.
void OutputLoop::keep_position_known() {
  if (LoopClock::now() - committed_at_ < options_.position_every) return;
  committed_at_ = LoopClock::now();
  const auto at = parts_.journal->written_at(position_);
  if (at) succeeded(client_->publish({}, {position_, storage::to_ms(*at), process_}));
}

void OutputLoop::pause() {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, wait_, [&]() REQUIRES(mutex_) { return stop_; });
  wait_ = std::min(wait_ * 2, options_.retry_most);
}

/// How many events wait, once in a while.
void OutputLoop::look() {
  const auto now = LoopClock::now();
  if (now - looked_ < options_.look_every) return;
  looked_ = now;
  const std::int64_t from = known_ ? position_ : std::max(parts_.journal->position(), position_);
  const std::int64_t lag = std::max<std::int64_t>(parts_.journal->range().newest - from, 0);
  metrics_.set_output_lag(options_.name, static_cast<double>(lag));
  const MutexLock lock(mutex_);
  report_.position = from;
  report_.lag = lag;
}

void OutputLoop::give_receipt(bool now) {
  if (position_ <= receipt_) return;
  if (!now && LoopClock::now() - receipt_at_ < options_.receipt_every) return;
  receipt_at_ = LoopClock::now();
  receipt_ = position_;
  parts_.journal->advance(position_);
}

}  // namespace tapewatch
