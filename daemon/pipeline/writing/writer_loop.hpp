#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "daemon/observe/line_budget.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/outage.hpp"
#include "daemon/pipeline/failpoint.hpp"
#include "daemon/pipeline/intake/source_order.hpp"
#include "daemon/pipeline/unscored_share.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/commit_notifier.hpp"
#include "daemon/pipeline/writing/disk_guard.hpp"
#include "daemon/pipeline/writing/reanchor_schedule.hpp"
#include "daemon/pipeline/writing/rule_board.hpp"
#include "daemon/pipeline/writing/run_record.hpp"
#include "daemon/pipeline/writing/tick_schedule.hpp"

namespace tapewatch {

struct WriterLoopOptions {
  std::size_t max_batch = 256;                        ///< records per transaction
  std::chrono::milliseconds gather{20};               ///< longest wait for more records, with a backlog
  std::chrono::milliseconds tick_every{15'000};       ///< event time between two live ticks
  std::chrono::milliseconds tick_after_quiet{5'000};  ///< wall time without a record before the clock may tick
  std::chrono::milliseconds max_ahead = std::chrono::minutes{5};  ///< of event time before a trusted clock
  std::chrono::milliseconds poll{100};                ///< longest wait for work before the clocks are checked
  std::chrono::milliseconds free_space_every{2'000};  ///< wall time between two measurements of the disk
  std::chrono::milliseconds tell_every{5'000};        ///< progress of a re-anchoring in the log
  std::chrono::milliseconds upkeep_every{1'000};      ///< wall time between two looks at who is told of open alerts
  std::chrono::milliseconds retry_first{50};          ///< wait after a failed commit, doubled up to `retry_most`
  std::chrono::milliseconds retry_most{5'000};
  unsigned tries_when_stopping = 3;                  ///< a stop does not wait for a full disk forever
  std::size_t max_poison_bytes = 4'096;              ///< payload bytes of a refused record in its dead letter
  std::uint64_t min_free = 0;                        ///< bytes of disk below which records wait
  std::int64_t most_wal_bytes = 64LL << 20;          ///< of the write-ahead log; a larger one is taken in and cut
  std::chrono::milliseconds wal_look_every{30'000};  ///< wall time between two looks at it
  std::chrono::milliseconds wal_patience{200};       ///< longest wait for its readers each time: nothing is written
  LineBudget::Options log_lines = {};                ///< of one rule's alerts, one source's dead letters
};

/// The contents of one commit, for printing and counting. Writer thread, after the commit.
struct CommitObserver {
  std::function<void(const Scored&, const storage::DocumentRow&, const storage::Inserted&)> on_document;
  std::function<void(const alerts::Transition&)> on_transition;
};

/// What the writer works with. References outlive it.
struct WriterLoopParts {
  storage::Connection& connection;
  Applier& applier;
  WriterQueue& queue;
  const EventClock& clock;
  CommitNotifier& notifier;
  Metrics& metrics;
  RuleBoard& rules;
  std::shared_ptr<spdlog::logger> log;
  Failpoint failpoint = {};
  CommitObserver observer = {};
  std::function<void(const std::string&)> on_fatal;
  ReanchorSchedule::Settled settled = {};
  std::function<bool()> catching_up = {};  ///< whether sources may still bring what came before this run
  std::function<bool()> backlog = {};      ///< whether many documents wait for scores: fewer commits help them
  bool keeps_run = false;                  ///< it is a daemon's: its run and what befalls it are kept (RunRecord)
};

/// The writer thread: restores each source's order and commits records, alert transitions, outgoing messages, source
/// positions and detector state in one transaction per batch.
///
/// A commit that fails leaves nothing behind: the detector is read again from the database and the same batch is
/// retried for as long as it takes (a full disk holds the sources back and loses nothing). A record that the database
/// refuses by itself becomes a dead letter, so that it cannot block its source forever. A damaged database ends the
/// daemon: `on_fatal` is called once and nothing more is written.
///
/// Without records time passes by live ticks (TickSchedule).
///
/// Event time that a wrong clock moved is anchored anew (ReanchorSchedule), in a transaction of its own before the next
/// records. The rows since the clock went wrong are gone through again meanwhile, and the log tells how far that is.
///
/// Who is told of alerts that fire, when time alone changes it, is decided about once a second, in a transaction of its
/// own (AlertTeller).
///
/// A write-ahead log that a long reader has made large is taken in and cut once the reader has ended.
///
/// While the disk has less than `min_free` left, records wait and commands continue (DiskGuard).
class WriterLoop {
 public:
  WriterLoop(WriterLoopOptions options, WriterLoopParts parts);
  ~WriterLoop();
  WriterLoop(const WriterLoop&) = delete;
  WriterLoop& operator=(const WriterLoop&) = delete;

  /// Throws StorageError where the run cannot be recorded.
  void start();
  /// Waits until everything queued is committed; close the queue first. Idempotent.
  void join();

  /// Increases with every round and every retry: a writer that waits for a disk is alive, a hanging one is not.
  std::uint64_t progress() const { return progress_.load(std::memory_order_relaxed); }
  bool paused() const { return disk_.paused(); }
  /// Event time is being put right; nothing else is written meanwhile.
  bool reanchoring() const { return reanchoring_.load(std::memory_order_relaxed); }
  bool failing() const { return failing_.load(std::memory_order_relaxed); }
  /// Of each source, since the start. Any thread.
  const UnscoredShare& unscored() const { return unscored_; }

 private:
  struct Unit;  // the contents of one transaction

  void work();
  void write_until_closed();
  bool commit(Unit& unit);
  void attempt(Unit& unit);
  void reanchor(Unit& unit, TimePoint now);
  void put_time_right();
  void keep_up();
  void keep_run(bool ends);
  void keep_wal_small();
  void commit_alone(LoneWrite& write);
  void publish(Unit& unit);
  void tell_dead_letter(const Incoming& incoming, const std::string& why);
  void tell_unknown_action(const Incoming& incoming);
  void note_unscored(const Scored& record);
  void tell(const std::vector<alerts::Transition>& transitions);
  void commit_one_by_one(Unit& unit, const std::string& why);
  void recover();
  void wait_before_retry(const std::string& why, unsigned tries);
  void tell_recovered();
  void refuse(Unit& unit);
  void look_at_time();
  void look_at_disk();
  void fail(const std::string& why);

  const WriterLoopOptions options_;
  WriterLoopParts parts_;
  DiskGuard disk_;
  std::optional<RunRecord> run_;  // of a daemon
  UnscoredShare unscored_;
  LineBudget lines_;
  Outage commit_outage_, wal_outage_;

  SourceOrder<Scored> order_;
  TickSchedule ticks_;
  ReanchorSchedule anchors_;
  std::chrono::steady_clock::time_point upkeep_at_{};              // when open alerts are looked at next
  std::chrono::steady_clock::time_point wal_at_{};                 // when the write-ahead log is looked at next
  std::set<std::pair<std::string, std::string>> unknown_actions_;  // source and word: told once
  bool dead_ = false;
  std::atomic<std::uint64_t> progress_{0};
  std::atomic<bool> failing_{false};
  std::atomic<bool> reanchoring_{false};
  std::thread thread_;
};

}  // namespace tapewatch
