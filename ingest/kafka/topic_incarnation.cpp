#include "ingest/kafka/topic_incarnation.hpp"

#include <algorithm>
#include <map>

namespace tapewatch::ingest {
namespace {

constexpr std::int64_t kFirstIncarnation = 1;

std::string place(const PartitionFacts& partition) {
  return partition.topic + "/" + std::to_string(partition.partition);
}

}  // namespace

std::vector<TopicFacts> topics_of(std::vector<PartitionFacts>& assigned, const std::vector<PartitionOffset>& known) {
  std::map<std::string, TopicFacts> topics;
  for (PartitionFacts& partition : assigned) {
    TopicFacts& topic = topics[partition.topic];
    topic.topic = partition.topic;
    topic.partitions.push_back(&partition);
    partition.appeared_later = !known.empty();
  }
  for (const PartitionOffset& position : known) {
    const auto topic = topics.find(position.topic);
    if (topic == topics.end()) continue;
    auto& incarnation = topic->second.incarnation;
    incarnation = std::max(incarnation.value_or(position.incarnation), position.incarnation);
  }
  for (const PartitionOffset& position : known) {
    const auto topic = topics.find(position.topic);
    if (topic == topics.end() || position.incarnation != topic->second.incarnation) continue;
    topic->second.known_partitions = std::max(topic->second.known_partitions, position.partition + 1);
    for (PartitionFacts* partition : topic->second.partitions) {
      if (partition->partition != position.partition) continue;
      partition->database = position.offset;
      partition->delivered = position.delivered;
    }
  }
  std::vector<TopicFacts> all;
  all.reserve(topics.size());
  for (auto& [name, topic] : topics) {
    for (PartitionFacts* partition : topic.partitions) {
      partition->incarnation = topic.incarnation.value_or(kFirstIncarnation);
    }
    all.push_back(std::move(topic));
  }
  return all;
}

std::optional<std::int64_t> replaced_record(const DeliveredRecords& delivered, const DeliveredRecords& read_back) {
  for (const DeliveredRecord& before : delivered) {
    const auto now = std::find_if(read_back.begin(), read_back.end(),
                                  [&](const DeliveredRecord& record) { return record.offset == before.offset; });
    if (now != read_back.end() && *now != before) return before.offset;
  }
  return std::nullopt;
}

std::string proof_of_recreation(const TopicFacts& topic) {
  if (topic.present_partitions && *topic.present_partitions < topic.known_partitions) {
    return "it has " + std::to_string(*topic.present_partitions) + " partitions and had " +
           std::to_string(topic.known_partitions);
  }
  for (const PartitionFacts* partition : topic.partitions) {
    if (partition->database && partition->high && *partition->high < *partition->database) {
      return place(*partition) + " ends at offset " + std::to_string(*partition->high) + " and had been read up to " +
             std::to_string(*partition->database);
    }
    if (const auto offset = replaced_record(partition->delivered, partition->read_back)) {
      return place(*partition) + " holds another record at offset " + std::to_string(*offset);
    }
  }
  return "";
}

void begin_anew(TopicFacts& topic) {
  topic.incarnation = std::max(topic.incarnation.value_or(0) + 1, kFirstIncarnation);
  for (PartitionFacts* partition : topic.partitions) {
    partition->database.reset();
    partition->group.reset();
    partition->delivered.clear();
    partition->read_back.clear();
    partition->appeared_later = true;
    partition->incarnation = *topic.incarnation;
  }
}

}  // namespace tapewatch::ingest
