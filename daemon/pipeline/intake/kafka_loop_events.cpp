// Tested by tests/daemon/pipeline/intake/kafka_loop_test.cpp
// How a KafkaLoop handles its consumer's reports other than records: partitions, errors, lag, failures.
#include <fmt/format.h>

#include <utility>

#include "daemon/observe/log_fields.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/kafka_loop.hpp"

namespace tapewatch {
namespace {

using Event = ingest::KafkaEvent;

spdlog::level::level_enum level_of(Event::Level level) {
  switch (level) {
    case Event::Level::debug:
      return spdlog::level::debug;
    case Event::Level::info:
      return spdlog::level::info;
    case Event::Level::warning:
      return spdlog::level::warn;
    case Event::Level::error:
      break;
  }
  return spdlog::level::err;
}

const std::string kUnreachable = "unreachable";

}  // namespace

void KafkaLoop::drain_events(ingest::KafkaConsumer& consumer) {
  for (const Event& event : consumer.take_events()) on_event(event, consumer.cluster());
}

void KafkaLoop::on_event(const Event& event, const std::string& cluster) {
  switch (event.kind) {
    case Event::Kind::assigned:
      keep_start_positions(event, cluster);
      assigned_.insert(event.partitions.begin(), event.partitions.end());
      parts_.log->info("{}: {}", options_.name, event.message);
      return;
    case Event::Kind::revoked:
      for (const auto& partition : event.partitions) assigned_.erase(partition);
      parts_.log->info("{}: {}", options_.name, event.message);
      return;
    case Event::Kind::reachable:
      unreachable_ = false;
      log_with(
          *parts_.log, spdlog::level::info, {{"event", "source.recovered"}, {"source", options_.name}},
          fmt::format("{}: {} (after {} failed attempts)", options_.name, event.message, notice_.clear(kUnreachable)));
      health_.update(
          [](SourceReport& report) { report.state = report.state == "backing_off" ? "running" : report.state; });
      return;
    case Event::Kind::unreachable:
      unreachable_ = true;
      tell_failed(event.message);
      metrics_.count_source_error(options_.name, "unreachable");
      say(spdlog::level::err, kUnreachable, event.message);
      health_.set_state("backing_off");
      return;
    case Event::Kind::out_of_range:
      metrics_.count_source_error(options_.name, "position");
      say(spdlog::level::warn, event.code + event.message, event.message);
      return;
    case Event::Kind::recreated:
      metrics_.count_kafka_incarnation(options_.name);
      say(spdlog::level::warn, event.message, event.message);
      return;
    case Event::Kind::error:
      metrics_.count_source_error(options_.name, "broker");
      tell_failed(event.message);
      say(spdlog::level::err, event.code, event.message);
      return;
    case Event::Kind::log:
      break;
  }
  if (event.level == Event::Level::warning || event.level == Event::Level::error) {
    say(level_of(event.level), "log " + event.code, "librdkafka " + event.code + ": " + event.message);
  } else {
    parts_.log->log(level_of(event.level), "{}: librdkafka {}: {}", options_.name, event.code, event.message);
  }
}

// Logs at once, then at growing intervals with the count; always counts and shows it.
void KafkaLoop::say(spdlog::level::level_enum level, const std::string& key, const std::string& message) {
  const auto now = wall_now();
  if (const auto times = notice_.count(key, now)) {
    const std::string often = *times > 1 ? fmt::format(" ({} times since the last report)", *times) : "";
    log_with(*parts_.log, level, {{"event", "source.failing"}, {"source", options_.name}},
             fmt::format("{}: {}{}", options_.name, message, often));
  }
  health_.update([&](SourceReport& report) {
    ++report.errors;
    report.last_error = message;
    report.last_error_at = report.last_attempt = now;
  });
}

// Starts unknown to the database are committed in their place in the order, before the first record of any.
void KafkaLoop::keep_start_positions(const Event& event, const std::string& cluster) {
  std::vector<ingest::PartitionOffset> starts;
  for (const ingest::PartitionOffset& start : event.partitions) {
    if (start.offset < 0) continue;
    const auto known = known_.find(to_stored(start, cluster));
    const bool same = known != known_.end() && known->next_offset == start.offset &&
                      known->incarnation == start.incarnation && (!known->delivered.empty() || start.delivered.empty());
    if (!same) starts.push_back(start);
  }
  if (event.partitions.empty() && known_.empty() && first_positions_.empty()) {
    starts.push_back(assigned_without_partitions());
  }
  if (!starts.empty()) hold_starts(starts, cluster);
}

void KafkaLoop::hold_starts(const std::vector<ingest::PartitionOffset>& starts, const std::string& cluster) {
  Incoming incoming;
  incoming.source_slot = parts_.slot;
  incoming.number = next_number_++;
  incoming.source = options_.name;
  for (const auto& start : starts) {
    incoming.kafka_starts.push_back(to_stored(start, cluster));
    set_position(first_positions_, incoming.kafka_starts.back());
  }
  incoming.on_commit = [acks = acks_, starts, cluster](const Commit&) {
    for (const auto& start : starts) acks->add(cluster, start, false, false);
    acks->committed();
  };
  acks_->handed_on();
  held_.push_back(std::move(incoming));
}

// The database's position, or, if it has none yet, where this process started: that position may still be on its way.
std::vector<ingest::PartitionOffset> KafkaLoop::known_positions(const std::string& cluster) {
  known_.clear();
  for (auto& position : parts_.positions()) known_.insert(std::move(position));
  known_.insert(first_positions_.begin(), first_positions_.end());  // a position of the database stays
  return to_offsets(known_, cluster);
}

void KafkaLoop::show_lag(ingest::KafkaConsumer& consumer) {
  const auto now = std::chrono::steady_clock::now();
  if (now - lag_shown_ < options_.statistics_every) return;
  lag_shown_ = now;
  const auto lag = consumer.lag();
  if (lag) metrics_.set_kafka_lag(options_.name, static_cast<double>(*lag));
  metrics_.set_kafka_disorder(options_.name, std::chrono::duration<double>(consumer.disorder()).count());
  health_.update([&](SourceReport& report) { report.lag_records = lag; });
}

// While partitions are ours and their brokers answer, nothing is missed, even if no records arrive or we are paused.
void KafkaLoop::tell_heard() {
  if (!parts_.contacts || assigned_.empty() || unreachable_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - heard_told_ < options_.statistics_every) return;
  heard_told_ = now;
  parts_.contacts->heard(options_.name, wall_now(), options_.heard_for);
}

void KafkaLoop::tell_failed(const std::string& why) {
  if (parts_.contacts) parts_.contacts->failed(options_.name, wall_now(), why);
}

void KafkaLoop::failed(const std::string& why) {
  assigned_.clear();
  unreachable_ = false;  // of the closed consumer
  tell_failed(why);
  metrics_.count_source_error(options_.name, "consumer");
  // The message varies from time to time; all share one key.
  say(spdlog::level::err, "failed", why + "; the consumer is reopened");
  health_.set_state("backing_off");
}

void KafkaLoop::wait_to_reopen() {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, reopen_wait_, [&]() REQUIRES(mutex_) { return phase_ != Phase::reading; });
  reopen_wait_ = std::min(reopen_wait_ * 2, options_.reopen_most);
}

}  // namespace tapewatch
