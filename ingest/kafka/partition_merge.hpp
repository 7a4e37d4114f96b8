#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "ingest/kafka/merge_options.hpp"
#include "ingest/kafka/record.hpp"

namespace tapewatch::ingest {

/// A topic and the number of one of its partitions.
using Partition = std::pair<std::string, std::int32_t>;

/// Merges partitions by the time of their records: of the partitions' oldest queued records the oldest comes first; of
/// equal times the first topic and partition. The order within a partition stays, whatever its times are.
///
/// A partition without a queued record holds the others until it has one, its end is reached, or the patience is over.
/// After that it holds nobody until it has had a record again, so an idle or unavailable partition costs one wait.
///
/// A record without a time counts as old as the record before it. A record dated later than those behind it (a
/// producer's clock was wrong) counts as old as the oldest of the next few, so that it does not hold its partition
/// back.
///
/// Pure: time is an argument, and never goes back. No threads.
class PartitionMerge {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit PartitionMerge(const MergeLimits& limits = {}) : limits_(limits) {}
  PartitionMerge(const PartitionMerge&) = delete;
  PartitionMerge& operator=(const PartitionMerge&) = delete;

  /// Has no effect on a partition that was added before.
  void add(const Partition& partition, Time now);
  /// Drops what is queued of it.
  void remove(const Partition& partition);
  void clear();

  /// Whether the partition's queue has room. Do not push before it has: hold the partition back instead.
  bool wants(const Partition& partition) const;
  /// Queues a record, or the end, of an added partition; what is of any other is dropped.
  void push(Record record);
  /// What is queued of the partition reaches its end, though no Record says so: it holds nobody once that is handed
  /// out.
  void reached_end(const Partition& partition);

  /// The next record; nullopt when nothing is queued or a partition is waited for. An end comes in its place in the
  /// partition and waits for nobody.
  std::optional<Record> next(Time now);
  /// When next() may have a record although nothing is pushed; nullopt when it needs a push.
  std::optional<Time> waits_until() const;

  std::size_t bytes() const { return bytes_; }
  /// The largest distance by which a record handed out was older than the newest one before it, since construction.
  std::chrono::milliseconds disorder() const { return disorder_; }

 private:
  struct Lane {
    Partition partition;
    std::deque<Record> records;
    std::size_t bytes = 0;
    bool ended = false;               // what is queued reaches the partition's end
    TimePoint passed{};               // the time of the record handed out last
    std::optional<TimePoint> oldest;  // its place in heads_
    std::optional<Time> awaited;      // its place in waits_
  };
  struct Earlier {
    template <class When>
    bool operator()(const std::pair<When, Lane*>& a, const std::pair<When, Lane*>& b) const {
      return std::tie(a.first, a.second->partition) < std::tie(b.first, b.second->partition);
    }
  };

  Lane* find(const Partition& partition);
  void rank(Lane& lane);
  void await(Lane& lane, std::optional<Time> until);
  Record take(Lane& lane, Time now);
  void note_time(TimePoint at);
  static std::optional<TimePoint> oldest_of(const Lane& lane);

  MergeLimits limits_;
  std::map<Partition, Lane> lanes_;
  std::set<std::pair<TimePoint, Lane*>, Earlier> heads_;  // of the lanes whose first is a record
  std::set<std::pair<Time, Lane*>, Earlier> waits_;       // of the empty lanes that hold the others
  std::deque<Lane*> ends_;                                // lanes whose first is an end
  std::size_t bytes_ = 0;
  std::optional<TimePoint> newest_;
  std::chrono::milliseconds disorder_{0};
};

}  // namespace tapewatch::ingest
