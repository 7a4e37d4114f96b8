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

#include "ingest/kafka/delivered_record.hpp"
#include "ingest/kafka/record.hpp"

namespace tapewatch::ingest {

/// How far one partition has been read: the next offset to read; everything before it has been processed.
struct PartitionOffset {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  /// Topics of the same name that were created one after the other, counted from 1; 0 is the one that was read before
  /// they were counted, whose records keep their ids.
  std::int64_t incarnation = 0;
  DeliveredRecords delivered = {};  // the last records before `offset`, as many as the context says

  friend auto operator<=>(const PartitionOffset&, const PartitionOffset&) = default;
};

struct ByPartition {
  bool operator()(const PartitionOffset& a, const PartitionOffset& b) const {
    return std::tie(a.topic, a.partition) < std::tie(b.topic, b.partition);
  }
};
/// One offset per partition.
using PartitionOffsets = std::set<PartitionOffset, ByPartition>;

/// Looks up what we know about a cluster's partitions, with the last records delivered of each. Anything at all, be it
/// an element without a topic, says that the source has had partitions assigned before: those unknown then appeared
/// later. Called while partitions are assigned, on the thread that polls. May throw: nothing is assigned then and
/// poll() throws KafkaError.
using PositionLookup = std::function<std::vector<PartitionOffset>(const std::string& cluster)>;

/// An event, other than a record, to log, count or act upon.
struct KafkaEvent {
  enum class Kind {
    assigned,      // partitions: those assigned, with the offset each one starts at
    revoked,       // partitions: those taken away, with the offset next to be read
    out_of_range,  // records that the log no longer holds: reading continues from the earliest
    recreated,     // a topic is another one of the same name, read from its start; precedes `assigned`
    unreachable,   // no broker can be reached; repeated at every attempt
    reachable,     // after `unreachable`: a broker answers again
    error,         // anything else that librdkafka reports
    log            // a line of librdkafka's own log
  };
  enum class Level { debug, info, warning, error };
  Kind kind = Kind::log;
  Level level = Level::info;
  std::string code;     // librdkafka's name of the error, "" for none
  std::string message;  // the complete message; never holds a secret
  std::vector<PartitionOffset> partitions;
};

/// A consumer that is only polled. All calls from one thread. The records of all partitions come by their time, as far
/// as a bounded wait and a bounded memory allow (PartitionMerge); those of one partition in their order.
///
/// What is repeated: every record from the position given by the lookup, after a restart, a rebalance or a failure.
/// What blocks: poll() up to its wait, longer while partitions are assigned (questions to broker and database); close()
/// up to its time-out.
class KafkaConsumer {
 public:
  virtual ~KafkaConsumer() = default;
  KafkaConsumer() = default;
  KafkaConsumer(const KafkaConsumer&) = delete;
  KafkaConsumer& operator=(const KafkaConsumer&) = delete;

  /// The next record or end of a partition, in the order of the partition; or nothing within `wait`. Must be called
  /// while paused as well, or the group takes the partitions away. Throws KafkaError when the consumer cannot continue:
  /// close it and open another.
  virtual std::optional<Record> poll(std::chrono::milliseconds wait) = 0;
  /// While paused no records come; a bounded number is fetched ahead. Holds for partitions assigned meanwhile too.
  virtual void pause() = 0;
  virtual void resume() = 0;
  /// Stores in the group, for monitoring, that everything before `next` is committed in the database. Ignores a
  /// partition or incarnation that is no longer ours.
  virtual void store(const PartitionOffset& next) = 0;
  virtual std::vector<KafkaEvent> take_events() = 0;
  /// The cluster's id, "" until it is known. It never changes: poll() throws when the brokers belong to another one.
  virtual const std::string& cluster() const = 0;
  /// Records in the assigned partitions that have not been read; nullopt until the brokers have answered.
  virtual std::optional<std::int64_t> lag() const = 0;
  /// The largest distance by which a record was older than the newest one before it; 0 for none yet.
  virtual std::chrono::milliseconds disorder() const = 0;
  /// Stores offsets, leaves the group. poll() must not be called after it.
  virtual void close() = 0;
};

/// A Kafka client that cannot start or continue: unknown property, unreadable file, fatal error.
class KafkaError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace tapewatch::ingest
