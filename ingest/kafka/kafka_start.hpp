#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// The facts about one partition when it is assigned to us.
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

/// Where to read from, and a message about it ("" for none).
struct StartDecision {
  std::int64_t offset = 0;
  bool out_of_range = false;  // the position was not in the log: `reset` applied
  std::string reason;
};

/// The database's position wins; the group's offset serves only where there is none; else `start`. A position outside
/// [low, high] follows `reset` (with `error` it is kept, and librdkafka reports it). nullopt when facts needed for the
/// decision are missing: then nothing may be assigned, because records could be skipped.
std::optional<StartDecision> decide_start(const PartitionFacts& facts, KafkaStart start, OffsetReset reset);

}  // namespace tapewatch::ingest
