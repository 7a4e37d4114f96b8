#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "ingest/kafka/record_decoder.hpp"

namespace tapewatch::ingest {

/// The next offset to read of one partition: everything before it has been dealt with.
struct PartitionOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  friend auto operator<=>(const PartitionOffset&, const PartitionOffset&) = default;
};

struct ByPartition {
  bool operator()(const PartitionOffset& a, const PartitionOffset& b) const {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  }
};
/// One offset a partition.
using PartitionOffsets = std::set<PartitionOffset, ByPartition>;

/// What we know of a cluster's partitions. Called while partitions are assigned, on the thread that polls. May throw:
/// nothing is assigned then and poll() throws KafkaError.
using PositionLookup = std::function<std::vector<PartitionOffset>(const std::string& cluster)>;

/// Something to log, count or act upon that is not a record.
struct KafkaEvent {
  enum class Kind {
    assigned,      // partitions: those assigned, with the offset each one starts at
    revoked,       // partitions: those taken away, with the offset next to be read
    out_of_range,  // a position that the log no longer (or not yet) holds; follows auto.offset.reset
    unreachable,   // no broker can be reached; comes again at every attempt
    reachable,     // after `unreachable`: a broker answers again
    error,         // anything else that librdkafka reports
    log            // a line of librdkafka's own log
  };
  enum class Level { debug, info, warning, error };
  Kind kind = Kind::log;
  Level level = Level::info;
  std::string code;     // librdkafka's name of the error, "" for none
  std::string message;  // whole, in words; never holds a secret
  std::vector<PartitionOffset> partitions;
};

/// A consumer that can be polled, and nothing else: no thread, clock or queue of ours. All calls from one thread.
///
/// What comes again: every record from the position on that the lookup gave, after a restart, a rebalance or a failure.
/// What blocks: poll() up to its wait, longer while partitions are assigned (questions to broker and database); close()
/// up to its time-out.
class KafkaConsumer {
 public:
  virtual ~KafkaConsumer() = default;
  KafkaConsumer() = default;
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;

  /// The next record, or nothing within `wait`. Must be called while paused as well, or the group takes the partitions
  /// away. Throws KafkaError when the consumer can no longer go on: close it and open another.
  virtual std::optional<Record> poll(std::chrono::milliseconds wait) = 0;
  /// Pausing throws prefetched records away (they are fetched again); partitions assigned while paused are paused too.
  virtual void pause() = 0;
  virtual void resume() = 0;
  /// Tells the group, for others to see, that everything before `next` is committed in the database. A partition that
  /// is no longer ours is ignored.
  virtual void store(const PartitionOffset& next) = 0;
  virtual std::vector<KafkaEvent> take_events() = 0;
  /// The cluster's id, "" until it is known.
  virtual const std::string& cluster() const = 0;
  /// Records in the assigned partitions that have not been read; nullopt until the brokers have told.
  virtual std::optional<std::int64_t> lag() const = 0;
  /// Stores offsets, leaves the group. poll() must not be called after it.
  virtual void close() = 0;
};

/// A Kafka client that cannot start or go on: unknown property, unreadable file, fatal error.
class KafkaError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tapewatch::ingest
