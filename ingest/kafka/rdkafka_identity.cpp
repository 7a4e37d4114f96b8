// Whether topic and cluster are still those that have been read: the part of RdKafkaConsumer that compares.
#include "ingest/kafka/rdkafka_consumer.hpp"
#include "ingest/kafka/read_back.hpp"

namespace tapewatch::ingest {
namespace {

std::string another_cluster(const std::string& before, const std::string& now) {
  return "the brokers belong to cluster " + now + " and no longer to " + before + ": its positions stay as they are";
}

// The offset before which records are read back where none are known; nullopt: nothing has been passed over or read.
std::optional<std::int64_t> passed_up_to(const PartitionFacts& facts, KafkaStart start) {
  if (facts.database) return facts.database;
  if (facts.group) return facts.group;
  if (facts.appeared_later || start == KafkaStart::earliest) return std::nullopt;
  return start == KafkaStart::latest ? facts.high : facts.at_time;
}

}  // namespace

void RdKafkaConsumer::check_cluster(const std::string& now) const {
  if (!cluster_.empty() && now != cluster_) throw KafkaError(another_cluster(cluster_, now));
}

void RdKafkaConsumer::read_back(std::vector<PartitionFacts>& facts) {
  std::vector<ReadBack::Request> requests;
  requests.reserve(facts.size());
  for (PartitionFacts& partition : facts) {
    const auto before = passed_up_to(partition, options_.start);
    if (before && (*before > 0 || !partition.delivered.empty())) requests.push_back({&partition, *before});
  }
  if (requests.empty()) return;
  ReadBack client(options_);
  const std::string cluster = client.cluster();
  if (cluster.empty()) return;
  check_cluster(cluster);
  client.read(requests);
}

void RdKafkaConsumer::find_recreated(std::vector<TopicFacts>& topics) {
  for (TopicFacts& topic : topics) {
    const std::string proof = proof_of_recreation(topic);
    if (proof.empty()) continue;
    begin_anew(topic);
    KafkaEvent event{KafkaEvent::Kind::recreated, KafkaEvent::Level::warning, "", "", {}};
    event.message = "topic " + topic.topic + " is not the one that was read before: " + proof +
                    "; it is read from its start, and its records without an id are new documents";
    for (const PartitionFacts* partition : topic.partitions) {
      event.partitions.push_back(
          {partition->topic, partition->partition, partition->low.value_or(0), partition->incarnation});
    }
    add_event(std::move(event));
  }
}

// Whatever broke a connection may have put another cluster, or a topic created anew, behind the same address.
void RdKafkaConsumer::suspect_all() {
  for (auto& [key, partition] : assigned_) partition.suspect = true;
}

// Called before a record of a suspect partition is handed out. Partitions that do not answer stay suspect.
void RdKafkaConsumer::verify() {
  std::vector<PartitionFacts> facts;
  for (const auto& [key, partition] : assigned_) {
    if (!partition.suspect) continue;
    facts.push_back({.topic = key.first, .partition = key.second, .delivered = partition.delivered});
  }
  ReadBack client(options_);
  const std::string cluster = client.cluster();
  if (!cluster.empty()) {
    check_cluster(cluster);
    std::vector<ReadBack::Request> requests;
    requests.reserve(facts.size());
    for (PartitionFacts& partition : facts) {
      partition.was_read_back = partition.delivered.empty();
      if (!partition.was_read_back) requests.push_back({&partition, 0});
    }
    client.read(requests);
  }
  for (const PartitionFacts& partition : facts) settle(partition);
}

void RdKafkaConsumer::settle(const PartitionFacts& facts) {
  constexpr int kMostAttempts = 3;
  const std::string place = facts.topic + "/" + std::to_string(facts.partition);
  if (const auto offset = replaced_record(facts.delivered, facts.read_back)) {
    throw KafkaError(place + " holds another record at offset " + std::to_string(*offset) +
                     " than the one read there: the topic was created anew");
  }
  Assigned& partition = assigned_[Key(facts.topic, facts.partition)];
  if (!facts.was_read_back && ++partition.unanswered < kMostAttempts) return;
  if (!facts.was_read_back) {
    add_event({KafkaEvent::Kind::log,
               KafkaEvent::Level::warning,
               "IDENTITY",
               place + ": whether it is still the same topic cannot be seen; it is read on",
               {}});
  }
  partition.suspect = false;
  partition.unanswered = 0;
}

}  // namespace tapewatch::ingest
