#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/scored.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// A write that is not a record: receipts, acknowledgements, feed state, retention.
struct Command {
  /// Runs on the writer thread inside its transaction. A failed commit is retried as a whole, so it may run more than
  /// once; it must not keep anything from a run that was rolled back.
  std::function<void(storage::Connection&, TimePoint now)> apply;
  /// Called once: true after the commit, false if the daemon stopped before it or the command itself failed.
  std::function<void(bool committed)> done;
};

/// A write between two batches, in a transaction of its own that is tried once. For what changes how records are
/// written.
struct LoneWrite {
  /// Inside the transaction. An exception rolls it back.
  std::function<void(storage::Connection&, TimePoint now)> apply;
  /// Called after a roll-back, before the writer reads its state again: what `apply` changed outside of the database is
  /// to be as it was. May be called although `apply` was not.
  std::function<void()> undo;
  /// Called once, at the end: empty after the commit, else why nothing was written.
  std::function<void(const std::string& failure)> done;
};

/// The writer's queue: one lane of scored records (bounded, its pushes block) and one of commands (bounded, its pushes
/// never block, because they come from the io thread). Two lanes, since commands must continue while ingestion pauses.
class WriterQueue {
 public:
  struct Batch {
    std::vector<Scored> records;
    std::vector<Command> commands;
    std::vector<LoneWrite> lone_writes;  ///< after the others
    bool closed = false;                 ///< closed and drained: nothing more will come
  };

  WriterQueue(std::size_t record_capacity, std::size_t command_capacity)
      : record_capacity_(std::max<std::size_t>(record_capacity, 1)), command_capacity_(command_capacity) {}

  /// Blocks while the lane is full; false when closed.
  bool push(Scored&& record) {
    MutexLock lock(mutex_);
    room_.wait(lock, [&]() REQUIRES(mutex_) { return closed_ || records_.size() < record_capacity_; });
    if (closed_) return false;
    records_.push_back(std::move(record));
    const bool enough = records_.size() >= wanted_;
    lock.unlock();
    if (enough) filled_.notify_one();
    return true;
  }

  /// Never blocks; false when closed or the lane is full (the command is then left with the caller).
  bool push_command(Command& command) {
    {
      const MutexLock lock(mutex_);
      if (closed_ || commands_.size() >= command_capacity_) return false;
      commands_.push_back(std::move(command));
    }
    filled_.notify_one();
    return true;
  }

  /// Never blocks; false when closed (the write is then left with the caller).
  bool push_lone(LoneWrite& write) {
    {
      const MutexLock lock(mutex_);
      if (closed_) return false;
      lone_writes_.push_back(std::move(write));
    }
    filled_.notify_one();
    return true;
  }

  /// Waits until there is work or `patience` is over; then, where that is records only, up to `gather` for more of
  /// them. `most_records` 0 leaves the records where they are: ingestion is paused. Once closed it never waits.
  Batch pop(std::size_t most_records, std::chrono::milliseconds patience, std::chrono::milliseconds gather = {}) {
    Batch batch;
    MutexLock lock(mutex_);
    const auto urgent = [&]() REQUIRES(mutex_) { return closed_ || !commands_.empty() || !lone_writes_.empty(); };
    filled_.wait_for(lock, patience,
                     [&]() REQUIRES(mutex_) { return urgent() || (most_records > 0 && !records_.empty()); });
    if (gather.count() > 0 && !records_.empty()) {
      wanted_ = std::min(most_records, record_capacity_);
      filled_.wait_for(lock, gather, [&]() REQUIRES(mutex_) { return urgent() || records_.size() >= wanted_; });
      wanted_ = 1;
    }
    while (!records_.empty() && batch.records.size() < most_records) {
      batch.records.push_back(std::move(records_.front()));
      records_.pop_front();
    }
    batch.commands.assign(std::make_move_iterator(commands_.begin()), std::make_move_iterator(commands_.end()));
    commands_.clear();
    batch.lone_writes = std::exchange(lone_writes_, {});
    batch.closed = closed_ && records_.empty();
    lock.unlock();
    room_.notify_all();
    return batch;
  }

  /// Waits up to `patience` for the close, without taking anything: the pause between two attempts to commit.
  bool wait_closed(std::chrono::milliseconds patience) {
    MutexLock lock(mutex_);
    return closing_.wait_for(lock, patience, [&]() REQUIRES(mutex_) { return closed_; });
  }

  void close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    room_.notify_all();
    closing_.notify_all();
  }

  std::size_t records() const {
    const MutexLock lock(mutex_);
    return records_.size();
  }

 private:
  const std::size_t record_capacity_, command_capacity_;
  mutable Mutex mutex_;
  Condition filled_, room_, closing_;
  std::deque<Scored> records_ GUARDED_BY(mutex_);
  std::deque<Command> commands_ GUARDED_BY(mutex_);
  std::vector<LoneWrite> lone_writes_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  std::size_t wanted_ GUARDED_BY(mutex_) = 1;  // records that the consumer is woken for
};

}  // namespace tapewatch
