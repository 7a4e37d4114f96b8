#include "daemon/pipeline/writing/writer_loop.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "config/notation/rfc3339.hpp"
#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "daemon/pipeline/writing/writer_unit.hpp"
#include "storage/connection/error.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/maintain/storage_counts.hpp"

namespace tapewatch {

namespace {

/// What the dead letter of a refused record holds; nothing for what is not a record of a source.
std::optional<std::string> text_of(const Content& content) {
  if (const auto* removal = std::get_if<Removal>(&content)) return removal->id;
  if (const auto* hold = std::get_if<Hold>(&content)) return hold->document.id;  // its text is nobody's to see
  const auto* document = std::get_if<ingest::Document>(&content);
  return document ? std::optional(document->id + "\n" + ingest::scoring_text(*document)) : std::nullopt;
}

}  // namespace

WriterLoop::WriterLoop(WriterLoopOptions options, WriterLoopParts parts)
    : options_(options),
      parts_(std::move(parts)),
      disk_(
          {.min_free = options.min_free, .look_every = options.free_space_every}, parts_.connection.path(),
          [path = parts_.connection.path()] { return storage::free_bytes(path); }, parts_.log),
      lines_(options.log_lines),
      ticks_(options.tick_every, options.tick_after_quiet, parts_.clock, std::chrono::steady_clock::now()),
      anchors_(
          parts_.settled,
          [&connection = parts_.connection](TimePoint after, TimePoint to) {
            return storage::SequenceReader(connection).first_held(after, to).has_value();
          },
          options.max_ahead) {
  if (parts_.keeps_run) run_.emplace(parts_.connection, parts_.clock);
}

WriterLoop::~WriterLoop() {
  parts_.queue.close();
  join();
}

void WriterLoop::start() {
  const Applier& applier = parts_.applier;
  if (run_) {
    run_->begin(
        {applier.options().detector.model_version, rule_prints(applier.options().rules), applier.needs_refit()});
  }
  thread_ = std::thread([this] { work(); });
}

void WriterLoop::join() {
  if (thread_.joinable()) thread_.join();
}

void WriterLoop::work() {
  try {
    write_until_closed();
  } catch (const std::exception& error) {  // between two commits: records taken off the queue are lost to this run
    fail(explained(error));
  }
}

void WriterLoop::write_until_closed() {
  look_at_time();
  while (true) {
    progress_.fetch_add(1, std::memory_order_relaxed);
    look_at_disk();
    put_time_right();
    const bool backlog = parts_.backlog && parts_.backlog();
    auto batch = parts_.queue.pop(paused() ? 0 : options_.max_batch, options_.poll,
                                  backlog ? options_.gather : std::chrono::milliseconds(0));
    Unit unit;
    for (auto& record : batch.records) {
      const auto slot = record.incoming.source_slot;
      const auto number = record.incoming.number;
      order_.add(slot, number, std::move(record), unit.records);
    }
    if (!unit.records.empty()) ticks_.saw_record(std::chrono::steady_clock::now());
    unit.commands = std::move(batch.commands);
    const bool catching_up = ticks_.is_first() && parts_.catching_up && parts_.catching_up();
    unit.tick = ticks_.due(parts_.applier.event_time(), std::chrono::steady_clock::now(), catching_up);
    if (!unit.empty() && !commit(unit)) refuse(unit);
    keep_up();
    keep_run(false);
    keep_wal_small();
    for (auto& write : batch.lone_writes) commit_alone(write);
    look_at_time();
    parts_.metrics.set_queue_depth("scored", static_cast<double>(parts_.queue.records()));
    // A stop with a full disk leaves the records to their sources, which send them again.
    if (batch.closed || (paused() && parts_.queue.wait_closed(std::chrono::milliseconds(0)))) return keep_run(true);
  }
}

void WriterLoop::look_at_time() {
  const TimePoint seen = parts_.applier.event_time();
  ticks_.saw_event_time(seen);
  const auto offset = seen == TimePoint{} ? std::chrono::milliseconds(0) : seen - parts_.clock.now();
  parts_.metrics.set_clocks(parts_.clock.departure().value_or(std::chrono::milliseconds(0)), offset);
}

void WriterLoop::put_time_right() {
  if (dead_) return;
  Unit unit;
  unit.anchor = anchors_.due(parts_.applier.event_time());
  if (!unit.anchor) return;
  reanchoring_.store(true, std::memory_order_relaxed);
  commit(unit);
  look_at_time();
  reanchoring_.store(false, std::memory_order_relaxed);
}

void WriterLoop::reanchor(Unit& unit, TimePoint now) {
  auto told = std::chrono::steady_clock::now();
  const auto done = parts_.applier.reanchor(*unit.anchor, now, [&](std::int64_t rows, std::int64_t of) {
    progress_.fetch_add(1, std::memory_order_relaxed);
    if (std::chrono::steady_clock::now() - told < options_.tell_every) return;
    told = std::chrono::steady_clock::now();
    parts_.log->info("event time is put right: {} of {} steps gone through again", rows, of);
  });
  unit.by_time = done.transitions;
  parts_.log->warn(
      "event time was {}, the clock says {}: put right, and {} documents judged again; {} documents that the wrong "
      "clock had dated are moved, {} that their sources date later are held, {} that were held return",
      notation::format_rfc3339(done.from), notation::format_rfc3339(done.to), done.documents, done.corrected.restamped,
      done.corrected.held, done.corrected.released);
}

bool WriterLoop::commit(Unit& unit) {
  if (dead_) return false;
  for (unsigned tries = 1;; ++tries) {
    std::string why;
    try {
      attempt(unit);
      tell_recovered();
      if (run_) run_->written();
      publish(unit);
      return true;
    } catch (const storage::StorageError& error) {
      why = explained(error);
      parts_.metrics.count_commit(false);
      recover();
      if (dead_) return false;
      if (error.kind() == storage::StorageError::Kind::corrupt) {
        fail(why);
        return false;
      }
      if (!error.is_retryable()) {
        commit_one_by_one(unit, why);
        return true;
      }
    } catch (const std::bad_alloc&) {  // not the fault of the data
      why = "no memory is left";
      parts_.metrics.count_commit(false);
      recover();
      if (dead_) return false;
    } catch (const std::exception& error) {
      why = explained(error);
      parts_.metrics.count_commit(false);
      recover();
      if (dead_) return false;
      commit_one_by_one(unit, why);
      return true;
    }
    const bool stopping = parts_.queue.wait_closed(std::chrono::milliseconds(0));
    if (stopping && tries >= options_.tries_when_stopping) return false;
    wait_before_retry(why, tries);
  }
}

void WriterLoop::attempt(Unit& unit) {
  const TimePoint now = wall_now();
  unit.applied.clear();
  unit.by_time.clear();
  storage::Transaction transaction(parts_.connection);
  if (unit.anchor) reanchor(unit, now);
  for (const auto& record : unit.records) unit.applied.push_back(parts_.applier.apply(record, now));
  for (const auto& command : unit.commands) command.apply(parts_.connection, now);
  if (unit.tick) unit.by_time = parts_.applier.tick(*unit.tick, now);
  if (unit.upkeep) unit.kept_up = parts_.applier.upkeep(now);
  parts_.applier.finish();
  if (run_) run_->write();
  if (!unit.records.empty() || !unit.by_time.empty()) parts_.failpoint.pass(Failpoint::Place::before_commit);
  transaction.commit();
}

void WriterLoop::publish(Unit& unit) {
  if (unit.run || (unit.upkeep && unit.kept_up.empty())) return;
  parts_.metrics.count_commit(true);
  if (!unit.records.empty()) parts_.failpoint.pass(Failpoint::Place::after_commit);
  const auto now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < unit.records.size(); ++i) {
    const Scored& record = unit.records[i];
    const Applied& applied = unit.applied[i];
    const Incoming& incoming = record.incoming;
    if (applied.row) {
      parts_.metrics.count_document(incoming.source, std::string(storage::to_string(applied.commit.outcome)));
      parts_.metrics.observe_latency(Metrics::Stage::total, now - incoming.read_at);
      if (applied.commit.outcome != storage::Outcome::repeated) note_unscored(record);
      if (applied.inserted.late) parts_.metrics.count_late(incoming.source);
      if (parts_.observer.on_document) parts_.observer.on_document(record, *applied.row, applied.inserted);
    } else if (std::holds_alternative<Removal>(incoming.content)) {
      parts_.metrics.count_document(incoming.source, std::string(storage::to_string(applied.commit.outcome)));
    } else if (!applied.commit.error.empty()) {
      parts_.metrics.count_document(incoming.source, "rejected");
      parts_.metrics.count_dead_letter(incoming.source);
      tell_dead_letter(incoming, applied.commit.error);
    }
    tell_unknown_action(incoming);
    tell(applied.transitions);
    if (incoming.on_commit) incoming.on_commit(applied.commit);
  }
  tell(unit.by_time);
  log_upkeep(*parts_.log, unit.kept_up);
  for (const auto& command : unit.commands) {
    if (command.done) command.done(true);
  }
  parts_.rules.set(parts_.applier.detector().warmth());
  parts_.notifier.notify();
}

void WriterLoop::commit_one_by_one(Unit& unit, const std::string& why) {
  if (unit.parts() > 1) {
    parts_.log->warn("a batch of {} was refused ({}); committing its parts one by one", unit.parts(), why);
    for (auto& record : unit.records) {
      Unit single;
      single.records.push_back(std::move(record));
      if (!commit(single)) refuse(single);
    }
    for (auto& command : unit.commands) {
      Unit single;
      single.commands.push_back(std::move(command));
      if (!commit(single)) refuse(single);
    }
    if (unit.tick) {
      Unit single;
      single.tick = unit.tick;
      commit(single);
    }
    return;
  }
  if (!unit.commands.empty()) {
    parts_.log->error("a write was refused and dropped: {}", why);
    refuse(unit);
    return;
  }
  if (unit.upkeep || unit.run) {
    parts_.log->error("{} could not be looked at; it is tried again: {}",
                      unit.run ? "what is kept of this run" : "who is told of the open alerts", why);
    return;
  }
  auto payload = unit.records.empty() ? std::nullopt : text_of(unit.records[0].incoming.content);
  if (!payload) {
    fail(why);
    return;
  }
  if (payload->size() > options_.max_poison_bytes) payload->resize(options_.max_poison_bytes);
  unit.records[0].incoming.feed_state.reset();  // if that was refused, the feed is fetched again
  unit.records[0].incoming.content =
      DeadLetter{"", "refused by the database: " + why, std::move(*payload), "", {}, {}, {}, false};
  if (!commit(unit)) refuse(unit);
}

void WriterLoop::refuse(Unit& unit) {
  for (const auto& command : unit.commands) {
    if (command.done) command.done(false);
  }
  unit.commands.clear();
}

void WriterLoop::fail(const std::string& why) {
  if (std::exchange(dead_, true)) return;
  parts_.log->critical("the writer stops, nothing more is stored: {}", why);
  parts_.on_fatal(why);
}

}  // namespace tapewatch
