#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// What is known about one partition when it is assigned to us.
struct PartitionFacts {
  std::string topic;
  std::int32_t partition = 0;
  std::optional<std::int64_t> database;  // the position committed with the documents
  std::optional<std::int64_t> group;     // the offset that the group stored
  std::optional<std::int64_t> low;       // the log's first offset and the one after its last; nullopt: not answered
  std::optional<std::int64_t> high;
  std::optional<std::int64_t> at_time;  // first offset at or after start_time
};

enum class OffsetReset { earliest, latest, error };

/// Where to read from, and what there is to say about it ("" for nothing).
struct StartDecision {
  std::int64_t offset = 0;
  bool out_of_range = false;  // the position was not in the log: `reset` was followed
  std::string reason;
};

/// The database's position wins; the group's offset serves only where there is none; else `start`. A position outside
/// [low, high] follows `reset` (with `error` it is kept, and librdkafka reports it). nullopt when the facts that the
/// decision needs are missing: then nothing may be assigned, or records could be skipped.
std::optional<StartDecision> decide_start(const PartitionFacts& facts, KafkaStart start, OffsetReset reset);

}  // namespace tapewatch::ingest
