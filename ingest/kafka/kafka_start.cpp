#include "ingest/kafka/kafka_start.hpp"

namespace tapewatch::ingest {
namespace {

std::string outside(std::string_view whose, std::int64_t position, const PartitionFacts& facts, OffsetReset reset) {
  const bool past = position > *facts.high;
  const char* follows = reset == OffsetReset::earliest ? "the earliest" : "the latest";
  return facts.topic + "/" + std::to_string(facts.partition) + ": " + std::string(whose) + " position " +
         std::to_string(position) + (past ? " is past the log's end " : " is before the log's start ") +
         std::to_string(past ? *facts.high : *facts.low) +
         (past ? " (was the topic recreated?)" : " (records were deleted before they were read)") +
         (reset == OffsetReset::error ? "; auto.offset.reset = error: the partition is not read"
                                      : "; auto.offset.reset: reading continues from " + std::string(follows));
}

StartDecision from_position(std::string_view whose, std::int64_t position, const PartitionFacts& facts,
                            OffsetReset reset) {
  if (!facts.low || !facts.high || (position >= *facts.low && position <= *facts.high)) {
    return {position, false, ""};
  }
  const std::int64_t offset = reset == OffsetReset::earliest ? *facts.low
                              : reset == OffsetReset::latest ? *facts.high
                                                             : position;
  return {offset, true, outside(whose, position, facts, reset)};
}

}  // namespace

std::optional<StartDecision> decide_start(const PartitionFacts& facts, KafkaStart start, OffsetReset reset) {
  if (facts.database) return from_position("the database's", *facts.database, facts, reset);
  if (facts.group) return from_position("the group's", *facts.group, facts, reset);
  const std::optional<std::int64_t> offset = start == KafkaStart::latest     ? facts.high
                                             : start == KafkaStart::earliest ? facts.low
                                                                             : facts.at_time;
  return offset ? std::optional(StartDecision{*offset, false, ""}) : std::nullopt;
}

}  // namespace tapewatch::ingest
