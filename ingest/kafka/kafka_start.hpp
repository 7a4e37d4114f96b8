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
  DeliveredRecords delivered;            // the last records before it, by the database
  std::optional<std::int64_t> group;     // the offset that the group stored
  std::optional<std::int64_t> low;       // the log's first offset and the one after its last; nullopt: not answered
  std::optional<std::int64_t> high;
  std::optional<std::int64_t> at_time;  // first offset at or after start_time
  DeliveredRecords read_back;           // what stands now where `delivered` stood, as far as it stands
  bool was_read_back = false;           // the log answered, perhaps with nothing
  bool appeared_later = false;          // after the source's first assignment: nothing before it was left out
  std::int64_t incarnation = 1;         // of its topic
};

/// Where to read from, and a message about it ("" for none).
struct StartDecision {
  std::int64_t offset = 0;
  bool out_of_range = false;  // the position was not in the log
  std::string reason;
};

/// The database's position wins; the group's offset serves only where there is none; else the partition is read from
/// its beginning if it appeared later, and by `start` at the first assignment. A position outside [low, high] becomes
/// low. nullopt when facts needed for the decision are missing: then nothing may be assigned, because records could be
/// skipped.
std::optional<StartDecision> decide_start(const PartitionFacts& facts, KafkaStart start);

}  // namespace tapewatch::ingest
