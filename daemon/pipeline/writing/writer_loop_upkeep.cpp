// Tested by tests/daemon/pipeline/writing/writer_loop_upkeep_test.cpp
// What the writer does between commits, and while they fail.
#include <fmt/format.h>

#include <algorithm>

#include "config/notation/duration.hpp"
#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "daemon/pipeline/writing/writer_unit.hpp"
#include "storage/maintain/storage_counts.hpp"
#include "storage/maintain/wal_size.hpp"

namespace tapewatch {

void WriterLoop::keep_up() {
  const auto now = std::chrono::steady_clock::now();
  if (dead_ || now < upkeep_at_ || !parts_.applier.has_open_alerts()) return;
  upkeep_at_ = now + options_.upkeep_every;
  Unit unit;
  unit.upkeep = true;
  commit(unit);
}

/// `ends`: the time of the end is kept.
void WriterLoop::keep_run(bool ends) {
  if (dead_ || !run_) return;
  run_->look(paused());
  if (!ends && !run_->is_due()) return;
  Unit unit;
  unit.run = true;
  commit(unit);
}

void WriterLoop::keep_wal_small() {
  const auto now = std::chrono::steady_clock::now();
  if (dead_ || now < wal_at_) return;
  wal_at_ = now + options_.wal_look_every;
  const std::int64_t before = storage::wal_bytes(parts_.connection.path());
  if (before <= options_.most_wal_bytes) {
    wal_outage_.recovered();
    return;
  }
  try {
    if (storage::take_in_wal(parts_.connection, options_.wal_patience)) {
      wal_outage_.recovered();
      log_with(*parts_.log, spdlog::level::info, {{"event", "wal.cut"}, {"bytes", before}},
               fmt::format("the write-ahead log had {} MiB and is cut", before >> 20));
      return;
    }
  } catch (const storage::StorageError& error) {  // the next commit tells what is wrong
    parts_.log->debug("the write-ahead log could not be taken in: {}", explained(error));
    return;
  }
  if (!wal_outage_.failed(wall_now())) return;
  log_with(
      *parts_.log, spdlog::level::warn, {{"event", "wal.large"}, {"bytes", before}},
      fmt::format("the write-ahead log has {} MiB: a program that reads {} keeps a transaction open; it is cut once "
                  "that has ended (`fuser -v` names it)",
                  before >> 20, parts_.connection.path()));
}

void WriterLoop::look_at_disk() {
  disk_.look(std::chrono::steady_clock::now());
  parts_.metrics.set_paused(paused());
}

void WriterLoop::recover() {
  for (unsigned tries = 1;; ++tries) {
    try {
      parts_.applier.reload();
      return;
    } catch (const std::exception& error) {
      if (parts_.queue.wait_closed(std::chrono::milliseconds(0)) && tries >= options_.tries_when_stopping) {
        fail(explained(error));
        return;
      }
      wait_before_retry(explained(error), tries);
    }
  }
}

void WriterLoop::wait_before_retry(const std::string& why, unsigned tries) {
  failing_.store(true, std::memory_order_relaxed);
  look_at_disk();
  const TimePoint now = wall_now();
  if (commit_outage_.failed(now)) {
    const auto failures = static_cast<std::int64_t>(commit_outage_.failures());
    log_with(
        *parts_.log, spdlog::level::err, {{"event", "commit.failing"}, {"failures", failures}},
        fmt::format("the commit failed and will be tried again until it succeeds; sources wait meanwhile: {}{}", why,
                    failures == 1
                        ? ""
                        : fmt::format(" ({} failures in {} minutes)", failures, commit_outage_.lasts(now).count())));
  }
  if (run_) run_->commits_fail();
  progress_.fetch_add(1, std::memory_order_relaxed);
  const auto doubled = options_.retry_first * (1LL << std::min(tries - 1, 10U));
  const auto wait = std::min<std::chrono::milliseconds>(doubled, options_.retry_most);
  parts_.queue.wait_closed(wait);
}

void WriterLoop::tell_recovered() {
  failing_.store(false, std::memory_order_relaxed);
  const auto failures = static_cast<std::int64_t>(commit_outage_.failures());
  if (!commit_outage_.recovered()) return;
  look_at_disk();
  log_with(*parts_.log, spdlog::level::info, {{"event", "commit.recovered"}, {"failures", failures}},
           fmt::format("commits succeed again, after {} {}", failures, failures == 1 ? "failure" : "failures"));
}

}  // namespace tapewatch
