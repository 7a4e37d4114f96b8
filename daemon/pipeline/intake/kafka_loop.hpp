#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "daemon/pipeline/intake/contact_log.hpp"
#include "daemon/pipeline/intake/dead_letter_forwarder.hpp"
#include "daemon/pipeline/intake/kafka_acks.hpp"
#include "daemon/pipeline/intake/parse_warnings.hpp"
#include "daemon/pipeline/intake/shared_payload.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "ingest/kafka/error_notice.hpp"
#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/pause_gate.hpp"
#include "ingest/kafka/record_decoder.hpp"

namespace tapewatch {

/// What a KafkaLoop needs besides its options.
struct KafkaLoopParts {
  std::uint32_t slot = 0;  ///< of the source, from the SourceRegistry
  /// The source's positions as last committed. Called on the poll thread while partitions are assigned; may throw: then
  /// the consumer is reopened.
  std::function<std::vector<storage::KafkaPosition>()> positions;
  const EventClock* clock = nullptr;  ///< gives receipt times; null: the wall clock
  std::shared_ptr<spdlog::logger> log;
  /// With a dead_letter_topic; must outlive the loop.
  DeadLetterSource* dead_letters = nullptr;
  ContactLog* contacts = nullptr;  ///< receives whether the brokers answer; may be null
  /// A consumer other than librdkafka's, for tests.
  std::function<std::unique_ptr<ingest::KafkaConsumer>(ingest::PositionLookup)> open_consumer;
};

/// One Kafka source and its thread: polls, decodes, normalises, numbers, and pushes to the document queue; receives the
/// committed positions and stores them with the group.
///
/// Nothing is lost: a position is part of the transaction that holds everything before it, and reading resumes there
/// after a crash, a rebalance or a failure of the consumer. A record that cannot be decoded becomes a dead letter with
/// its position, in its place in the order. Partitions without a known position start by `start` at the first
/// assignment and at their beginning when they appear later; these positions are committed at once, an assignment's
/// together: after a crash before the first record they do not start again at a later end.
///
/// Positions belong to a cluster and to an incarnation of the topic: a topic that was created anew, or another cluster
/// at the same address, never moves those of the one before.
///
/// Nothing is counted twice: a document is (source, id), and a second one with the same id is a repetition. That also
/// covers revoked partitions: their records on the way to the writer are still committed by us, perhaps after the
/// partition has returned and been read again from the older position in the database. The same ids arrive twice, count
/// once, and everything before the last committed position is stored.
///
/// When the queue is full the loop waits, then pauses the consumer and keeps polling (see PauseGate).
class KafkaLoop {
 public:
  /// Throws ingest::KafkaError or std::invalid_argument for a configuration that cannot work. Needs no broker.
  KafkaLoop(ingest::KafkaOptions options, ingest::DocumentLimits limits, KafkaLoopParts parts, DocumentQueue& queue,
            Metrics& metrics);
  ~KafkaLoop();
  KafkaLoop(const KafkaLoop&) = delete;
  KafkaLoop& operator=(const KafkaLoop&) = delete;

  void start();
  /// The first half of a stop: once this returns, no record is read or pushed. The queue may be closed.
  void stop_reading();
  /// Between the two halves, while the writer goes on: waits until what was handed to it is committed. False where that
  /// takes longer; what is committed later is read again from the position before it, and counts once.
  bool wait_committed(std::chrono::milliseconds patience);
  /// The second half, after the writer's last commit: stores the offsets, leaves the group, joins the thread.
  void stop();

  /// Any thread.
  SourceReport report() const { return health_.report(); }
  /// Until everything that the broker has is read and committed, as far as is known. Any thread.
  bool catching_up() const;
  /// Increases with every round of the loop. Any thread.
  std::uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }

 private:
  enum class Phase { idle, reading, reading_ended, stopping };

  void work();
  void read(ingest::KafkaConsumer& consumer);
  void step(ingest::KafkaConsumer& consumer);
  void take(const ingest::Record& record);
  void take_document(ingest::Result<ingest::Document> document, const ingest::Record& record, std::int64_t next,
                     SharedPayload& payload);
  void note_warnings(const ingest::Document& document);
  void push_held(ingest::KafkaConsumer& consumer);
  void hold(Incoming incoming, const std::string& cluster, ingest::PartitionOffset next, bool dead_letter);
  void drain_acks(ingest::KafkaConsumer& consumer);
  void drain_events(ingest::KafkaConsumer& consumer);
  void on_event(const ingest::KafkaEvent& event, const std::string& cluster);
  void keep_start_positions(const ingest::KafkaEvent& event, const std::string& cluster);
  void hold_starts(const std::vector<ingest::PartitionOffset>& starts, const std::string& cluster);
  std::vector<ingest::PartitionOffset> known_positions(const std::string& cluster);
  void say(spdlog::level::level_enum level, const std::string& key, const std::string& message);
  void show_lag(ingest::KafkaConsumer& consumer);
  void tell_heard();
  void tell_failed(const std::string& why);
  void failed(const std::string& why);
  void wait_to_reopen();

  Phase phase() const;
  void enter(Phase phase);

  const ingest::KafkaOptions options_;
  const ingest::DocumentLimits limits_;
  const KafkaLoopParts parts_;
  DocumentQueue& queue_;
  Metrics& metrics_;
  const ingest::RecordDecoder decoder_;
  SourceHealth health_;
  const std::shared_ptr<KafkaAcks> acks_ = std::make_shared<KafkaAcks>();  // held by the writer's callbacks too

  /// Owned by the poll thread.
  std::optional<DeadLetterForwarder> forwarder_;
  ingest::PauseGate gate_;
  ingest::ErrorNotice notice_;
  ParseWarnings warnings_;
  std::deque<Incoming> held_;  // numbered, not yet pushed: one, or a few read while pausing
  std::uint64_t next_number_ = 0;
  storage::KafkaPositions first_positions_;  // where partitions unknown to the database were started
  storage::KafkaPositions known_;            // the database's at the last assignment
  std::chrono::milliseconds reopen_wait_;
  std::chrono::steady_clock::time_point lag_shown_{}, heard_told_{};
  ingest::PartitionOffsets assigned_;
  bool unreachable_ = false;

  mutable Mutex mutex_;
  Condition changed_;
  Phase phase_ GUARDED_BY(mutex_) = Phase::idle;
  bool reading_now_ GUARDED_BY(mutex_) = false;  // the thread is between two checks of phase_
  std::atomic<std::uint64_t> progress_{0};
  std::thread thread_;
};

}  // namespace tapewatch
