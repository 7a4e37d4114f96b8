#include "ingest/kafka/kafka_start.hpp"

namespace tapewatch::ingest {
namespace {

std::string outside(std::string_view whose, std::int64_t position, const PartitionFacts& facts) {
  const bool past = position > *facts.high;
  return facts.topic + "/" + std::to_string(facts.partition) + ": " + std::string(whose) + " position " +
         std::to_string(position) + (past ? " is past the log's end " : " is before the log's start ") +
         std::to_string(past ? *facts.high : *facts.low) +
         (past ? "" : " (records were deleted before they were read)") + "; reading continues from " +
         std::to_string(*facts.low);
}

StartDecision from_position(std::string_view whose, std::int64_t position, const PartitionFacts& facts) {
  if (!facts.low || !facts.high || (position >= *facts.low && position <= *facts.high)) {
    return {position, false, ""};
  }
  return {*facts.low, true, outside(whose, position, facts)};
}

}  // namespace

std::optional<StartDecision> decide_start(const PartitionFacts& facts, KafkaStart start) {
  if (facts.database) return from_position("the database's", *facts.database, facts);
  if (facts.group) return from_position("the group's", *facts.group, facts);
  const std::optional<std::int64_t> offset = facts.appeared_later            ? facts.low
                                             : start == KafkaStart::latest   ? facts.high
                                             : start == KafkaStart::earliest ? facts.low
                                                                             : facts.at_time;
  return offset ? std::optional(StartDecision{*offset, false, ""}) : std::nullopt;
}

}  // namespace tapewatch::ingest
