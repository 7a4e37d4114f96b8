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
  std::vector<std::int64_t> delivered;
  bool again = false;
  for (const auto& receipt : producer_.poll()) {
    using Result = ingest::DeadLetterReceipt::Result;
    switch (receipt.result) {
      case Result::delivered:
        notice_.clear("retry");
        delivered.push_back(receipt.id);
        marked_.insert(receipt.id);
        break;
      case Result::refused:
        log_->error("{}: dead letter {} is refused by topic {} ({}); it stays in the database", options_.name,
                    receipt.id, options_.dead_letter_topic, receipt.error);
        letters_.mark_refused(receipt.id, receipt.error);
        marked_.insert(receipt.id);
        break;
      case Result::time_refused:
        without_time_.insert(receipt.id);
        break;
      case Result::failed:
        if (const auto times = notice_.count("retry", now)) {
          log_->warn("{}: dead letters wait for topic {}: {} ({} times since the last report)", options_.name,
                     options_.dead_letter_topic, receipt.error, *times);
        }
        break;
    }
    if (receipt.result != Result::failed) again = true;
  }
  if (!delivered.empty()) letters_.mark_forwarded(std::move(delivered));
  if (!again) return;
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
      without_time_.erase(letter.id);
      not_yet_committed.insert(letter.id);
      continue;
    }
    if (without_time_.contains(letter.id)) letter.record_at.reset();
    const ingest::DeadLetterMessage message{letter.id,
                                            std::move(letter.payload),
                                            options_.name,
                                            std::move(letter.position),
                                            std::move(letter.pointer),
                                            std::move(letter.reason),
                                            std::move(letter.key),
                                            std::move(letter.headers),
                                            letter.record_at,
                                            letter.tombstone};
    if (!producer_.offer(message)) break;
  }
  marked_ = std::move(not_yet_committed);
}

}  // namespace tapewatch
