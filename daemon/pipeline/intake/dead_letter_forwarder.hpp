#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <set>

#include "daemon/pipeline/intake/dead_letter_source.hpp"
#include "ingest/kafka/dead_letter_producer.hpp"
#include "ingest/kafka/error_notice.hpp"

namespace tapewatch {

/// Sends a source's dead letters from the database to its dead-letter topic, at least once: a letter is marked only
/// after the broker has it. A missing broker costs only time; a letter that the broker will never accept is logged,
/// marked as refused, and stays in the database. Owned and called by the source's poll thread; never blocks.
class DeadLetterForwarder {
 public:
  DeadLetterForwarder(const ingest::KafkaOptions& options, DeadLetterSource& letters,
                      std::shared_ptr<spdlog::logger> log);

  /// Something new may be pending: look for it in the next step.
  void wake() { next_look_ = {}; }
  /// One step: takes receipts, and looks for pending letters when nothing is in flight and it is time.
  void step(ingest::TimePoint now);

 private:
  void take_receipts(ingest::TimePoint now);
  void offer_pending(ingest::TimePoint now);

  const ingest::KafkaOptions options_;
  DeadLetterSource& letters_;
  const std::shared_ptr<spdlog::logger> log_;
  ingest::DeadLetterProducer producer_;
  ingest::ErrorNotice notice_;
  ingest::TimePoint next_look_{};
  std::set<std::int64_t> without_time_;  // whose own time the broker did not take
  std::set<std::int64_t> marked_;        // sent and marked, until a query no longer finds them
};

}  // namespace tapewatch
