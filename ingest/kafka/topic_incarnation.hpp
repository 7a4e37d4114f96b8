#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_start.hpp"

namespace tapewatch::ingest {

/// One topic of an assignment: is it the one that has been read so far, or another one of the same name?
struct TopicFacts {
  std::string topic;
  std::optional<std::int64_t> incarnation;         // the one that the database has positions of
  std::int32_t known_partitions = 0;               // of that one, by the largest number
  std::optional<std::int32_t> present_partitions;  // nullopt: not known to be fewer
  std::vector<PartitionFacts*> partitions;         // those assigned
};

/// Splits the database's knowledge by topic and tells the assigned partitions what concerns them: positions of the
/// newest incarnation of their topic. Positions of an earlier one count for nothing.
std::vector<TopicFacts> topics_of(std::vector<PartitionFacts>& assigned, const std::vector<PartitionOffset>& known);

/// What proves that the topic was created anew, "" for nothing: fewer partitions than known, a log that ends before the
/// position, another record where one was delivered. That a record is missing proves nothing: compaction, retention and
/// transaction markers leave gaps.
std::string proof_of_recreation(const TopicFacts& topic);

/// Counts the topic's incarnation on: its partitions are read from their start, whatever was known of them.
void begin_anew(TopicFacts& topic);

/// Whether one of `delivered` is not what stands at its offset now: its offset, nullopt if nothing proves that.
std::optional<std::int64_t> replaced_record(const DeliveredRecords& delivered, const DeliveredRecords& read_back);

}  // namespace tapewatch::ingest
