#include "daemon/pipeline/intake/kafka_loop.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/shortage.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/rdkafka_consumer.hpp"
#include "ingest/kafka/record_place.hpp"
#include "ingest/text/normalise.hpp"

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {
namespace {

// Signals belong to the main thread; librdkafka's threads inherit the mask of the one that opens a consumer.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// Behind the record it is delivered, at the record it is not.
ingest::PartitionOffset position_at(const ingest::Record& record, std::int64_t next) {
  ingest::PartitionOffset position{record.topic, record.partition, next, record.incarnation};
  if (next > record.offset) position.delivered = {ingest::delivered_record(record)};
  return position;
}

}  // namespace

KafkaLoop::KafkaLoop(ingest::KafkaOptions options, ingest::DocumentLimits limits, KafkaLoopParts parts,
                     DocumentQueue& queue, Metrics& metrics)
    : options_(std::move(options)),
      limits_(limits),
      parts_(std::move(parts)),
      queue_(queue),
      metrics_(metrics),
      decoder_(options_, limits_),
      health_(options_.name, "kafka", "stopped"),
      gate_(options_.full_patience),
      reopen_wait_(options_.reopen_first) {
  metrics_.count_kafka_incarnation(options_.name, 0);  // there from the start: a first increase can be seen
  ingest::consumer_configuration(options_);            // throws now instead of when opening
  if (!options_.dead_letter_topic.empty()) ingest::producer_configuration(options_);
}

KafkaLoop::~KafkaLoop() { stop(); }

void KafkaLoop::start() {
  enter(Phase::reading);
  thread_ = std::thread([this] { work(); });
}

void KafkaLoop::stop_reading() {
  MutexLock lock(mutex_);
  if (phase_ != Phase::reading) return;
  phase_ = Phase::reading_ended;
  changed_.notify_all();
  changed_.wait(lock, [&]() REQUIRES(mutex_) { return !reading_now_; });
}

bool KafkaLoop::wait_committed(std::chrono::milliseconds patience) {
  std::int64_t kept = 0;  // numbered, and never pushed
  {
    const MutexLock lock(mutex_);  // after which the thread leaves them alone
    kept = static_cast<std::int64_t>(held_.size());
  }
  return acks_->wait_committed(kept, patience);
}

void KafkaLoop::stop() {
  enter(Phase::stopping);
  if (thread_.joinable()) thread_.join();
}

KafkaLoop::Phase KafkaLoop::phase() const {
  const MutexLock lock(mutex_);
  return phase_;
}

void KafkaLoop::enter(Phase phase) {
  {
    const MutexLock lock(mutex_);
    phase_ = phase;
    // Set here, not by the thread, so that stop_reading() right after start() waits for it too.
    if (phase == Phase::reading) reading_now_ = true;
  }
  changed_.notify_all();
}

void KafkaLoop::work() {
  block_signals();
  while (phase() == Phase::reading) {
    try {
      if (parts_.dead_letters != nullptr && !options_.dead_letter_topic.empty() && !forwarder_) {
        forwarder_.emplace(options_, *parts_.dead_letters, parts_.log);
      }
      const auto lookup = [this](const std::string& cluster) { return known_positions(cluster); };
      const auto consumer = parts_.open_consumer ? parts_.open_consumer(lookup)
                                                 : std::make_unique<ingest::RdKafkaConsumer>(options_, lookup);
      health_.set_state("running");
      read(*consumer);
      {
        MutexLock lock(mutex_);
        reading_now_ = false;
        changed_.notify_all();
        changed_.wait(lock, [&]() REQUIRES(mutex_) { return phase_ == Phase::stopping; });
      }
      drain_acks(*consumer);
      consumer->close();
    } catch (const std::exception& error) {
      failed(explained(error));
      wait_to_reopen();
    }
  }
  forwarder_.reset();
  health_.set_state("stopped");
  const MutexLock lock(mutex_);
  reading_now_ = false;
  changed_.notify_all();
}

void KafkaLoop::read(ingest::KafkaConsumer& consumer) {
  if (gate_.paused()) consumer.pause();  // a new consumer for a queue that is still full
  while (phase() == Phase::reading) step(consumer);
}

void KafkaLoop::step(ingest::KafkaConsumer& consumer) {
  progress_.fetch_add(1, std::memory_order_relaxed);
  std::optional<ingest::Record> record;
  if (held_.empty() || gate_.paused()) {
    // While a record is held only the callbacks are served; the push waits.
    record = consumer.poll(held_.empty() ? options_.poll_wait : std::chrono::milliseconds(0));
  }
  drain_events(consumer);  // first: the same poll may have assigned the record's partition
  if (record) take(*record);
  push_held(consumer);
  drain_acks(consumer);
  show_lag(consumer);
  tell_heard();
  if (forwarder_) forwarder_->step(wall_now());
}

void KafkaLoop::take(const ingest::Record& record) {
  if (record.end) {
    // Without a record to carry it, the position that passes markers is committed by itself.
    const ingest::PartitionOffset next{record.topic, record.partition, record.offset, record.incarnation};
    if (record.passed) hold(Incoming(), record.cluster, next, false);
    return;
  }
  const auto now = wall_now();
  auto documents = decoder_.decode(record, parts_.clock ? parts_.clock->now() : now);
  SharedPayload payload(record.payload, options_.max_record_bytes);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    // The position is committed with the last document of the record, so that none of them is lost.
    const bool last = i + 1 == documents.size();
    take_document(std::move(documents[i]), record, record.offset + (last ? 1 : 0), payload);
  }
  if (documents.empty()) hold(Incoming(), record.cluster, position_at(record, record.offset + 1), false);
  reopen_wait_ = options_.reopen_first;
  metrics_.source_succeeded(options_.name, now);
  health_.update([now](SourceReport& report) { report.last_success = report.last_attempt = now; });
}

/// `next`: where reading goes on once this document is stored; before a record's last one, at the record itself.
void KafkaLoop::take_document(ingest::Result<ingest::Document> document, const ingest::Record& record,
                              std::int64_t next, SharedPayload& payload) {
  Incoming incoming;
  if (document) document = ingest::normalise(std::move(*document), limits_);
  if (document) {
    note_warnings(*document);
    incoming.content = content_of(std::move(*document));
  } else {
    DeadLetter letter{document.error().pointer,
                      document.error().reason,
                      {},
                      ingest::RecordPlace{record.topic, record.partition, record.offset}.text(),
                      record.keyed ? std::optional(record.key) : std::nullopt,
                      record.headers,
                      record.timestamp,
                      record.tombstone};
    payload.put_into(letter);
    incoming.content = std::move(letter);
  }
  hold(std::move(incoming), record.cluster, position_at(record, next), !document);
}

/// Each kind of warning is logged once; the health counts them.
void KafkaLoop::note_warnings(const ingest::Document& document) {
  if (document.warnings.empty()) return;
  for (const ingest::FieldWarning& warning : document.warnings) {
    if (warnings_.add(warning)) parts_.log->warn("{}: {}", options_.name, ParseWarnings::line(warning));
  }
  metrics_.count_parse_warnings(options_.name, document.warnings.size());
  health_.update([this](SourceReport& report) { report.warnings = warnings_.lines(); });
}

void KafkaLoop::hold(Incoming incoming, const std::string& cluster, ingest::PartitionOffset next, bool dead_letter) {
  incoming.source_slot = parts_.slot;
  incoming.number = next_number_++;
  incoming.source = options_.name;
  incoming.kafka = to_stored(next, cluster);
  const bool document = std::holds_alternative<ingest::Document>(incoming.content);
  next.delivered.clear();
  incoming.on_commit = [acks = acks_, cluster, next = std::move(next), document, dead_letter](const Commit& commit) {
    acks->add(cluster, next, document && commit.stored, dead_letter || (document && !commit.stored));
    acks->committed();
  };
  acks_->handed_on();
  held_.push_back(std::move(incoming));
}

void KafkaLoop::push_held(ingest::KafkaConsumer& consumer) {
  constexpr std::chrono::milliseconds kSlice{50};  // between two checks of acks, events and the stop
  while (!held_.empty()) {
    if (queue_.push_for(held_.front(), kSlice)) {
      held_.pop_front();
      continue;
    }
    if (queue_.closed()) {  // the daemon is stopping; the one that closed the queue stops us next
      MutexLock lock(mutex_);
      changed_.wait_for(lock, kSlice, [&]() REQUIRES(mutex_) { return phase_ != Phase::reading; });
    } else if (gate_.on_full(wall_now()) == ingest::PauseGate::Action::pause) {
      log_with(*parts_.log, spdlog::level::info, {{"event", "source.paused"}, {"source", options_.name}},
               fmt::format("{}: the document queue stays full; the consumer is paused", options_.name));
      consumer.pause();
      health_.set_state("paused");
    }
    return;
  }
  if (gate_.on_progress(queue_.size(), queue_.capacity()) == ingest::PauseGate::Action::resume) {
    log_with(*parts_.log, spdlog::level::info, {{"event", "source.resumed"}, {"source", options_.name}},
             fmt::format("{}: the document queue has room again; the consumer resumes", options_.name));
    consumer.resume();
    health_.set_state("running");
  }
}

bool KafkaLoop::catching_up() const {
  const SourceReport report = health_.report();
  return report.state != "backing_off" && (report.lag_records.value_or(1) > 0 || !acks_->all_committed());
}

void KafkaLoop::drain_acks(ingest::KafkaConsumer& consumer) {
  const KafkaAcks::Taken taken = acks_->take(consumer.cluster());
  for (const auto& next : taken.positions) consumer.store(next);
  if (taken.positions.empty() && taken.documents == 0 && taken.dead_letters == 0) return;
  if (taken.dead_letters > 0 && forwarder_) forwarder_->wake();
  health_.update([&](SourceReport& report) {
    report.documents += taken.documents;
    report.dead_letters += taken.dead_letters;
  });
}

}  // namespace tapewatch
