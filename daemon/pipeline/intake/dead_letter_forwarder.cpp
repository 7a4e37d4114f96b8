// Tested by tests/daemon/pipeline/intake/kafka_loop_test.cpp
#include "daemon/pipeline/intake/dead_letter_forwarder.hpp"

#include <utility>

namespace tapewatch {

DeadLetterForwarder::DeadLetterForwarder(const ingest::KafkaOptions& options, DeadLetterSource& letters,
                                         std::shared_ptr<spdlog::logger> log)
    : options_(options), letters_(letters), log_(std::move(log)), producer_(options) {}

void DeadLetterForwarder::step(ingest::TimePoint now) {
  take_receipts(now);
  if (producer_.in_flight() == 0 && now >= next_look_) {
    next_look_ = now + options_.dead_letter_every;
    offer_pending(now);
  }
}

void DeadLetterForwarder::take_receipts(ingest::TimePoint now) {
  std::vector<std::int64_t> done;
  for (const auto& receipt : producer_.poll()) {
    if (receipt.delivered || !receipt.retry) done.push_back(receipt.id);
    if (receipt.delivered) {
      notice_.clear("retry");
    } else if (!receipt.retry) {
      log_->error("{}: dead letter {} is refused by topic {} ({}); it stays in the database", options_.name, receipt.id,
                  options_.dead_letter_topic, receipt.error);
    } else if (const auto times = notice_.count("retry", now)) {
      log_->warn("{}: dead letters wait for topic {}: {} ({} times since the last report)", options_.name,
                 options_.dead_letter_topic, receipt.error, *times);
    }
  }
  if (done.empty()) return;
  marked_.insert(done.begin(), done.end());
  letters_.mark_forwarded(std::move(done));
  next_look_ = now;  // there may be more than one batch
}

void DeadLetterForwarder::offer_pending(ingest::TimePoint now) {
  std::vector<PendingDeadLetter> pending;
  try {
    pending = letters_.pending(options_.name, options_.max_dead_letters_in_flight + marked_.size());
  } catch (const std::exception& error) {
    if (const auto times = notice_.count("read", now)) {
      log_->warn("{}: dead letters cannot be read: {} ({} times since the last report)", options_.name, error.what(),
                 *times);
    }
    return;
  }
  std::set<std::int64_t> not_yet_committed;
  for (auto& letter : pending) {
    if (marked_.contains(letter.id)) {
      not_yet_committed.insert(letter.id);
      continue;
    }
    const ingest::DeadLetterMessage message{letter.id,
                                            std::move(letter.payload),
                                            options_.name,
                                            std::move(letter.position),
                                            std::move(letter.pointer),
                                            std::move(letter.reason)};
    if (!producer_.offer(message)) break;
  }
  marked_ = std::move(not_yet_committed);
}

}  // namespace tapewatch
