// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
// What happens when partitions come and go: the part of RdKafkaConsumer that runs inside the rebalance callback.
#include <algorithm>
#include <exception>
#include <span>

#include "ingest/kafka/rdkafka_consumer.hpp"

namespace tapewatch::ingest {
namespace {

std::span<rd_kafka_topic_partition_t> elements(rd_kafka_topic_partition_list_t* list) {
  return {list->elems, static_cast<std::size_t>(list->cnt)};
}

RdKafkaPartitions list_of(const std::vector<PartitionFacts*>& facts, std::int64_t offset) {
  RdKafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(facts.size())));
  for (const PartitionFacts* fact : facts) {
    rd_kafka_topic_partition_list_add(list.get(), fact->topic.c_str(), fact->partition)->offset = offset;
  }
  return list;
}

std::string list_text(const std::vector<PartitionOffset>& partitions) {
  std::string text;
  for (const PartitionOffset& partition : partitions) {
    text += (text.empty() ? "" : ", ") + partition.topic + "/" + std::to_string(partition.partition) + "@" +
            std::to_string(partition.offset);
  }
  return text.empty() ? "none" : text;
}

bool is_cooperative(rd_kafka_t* handle) {
  const char* protocol = rd_kafka_rebalance_protocol(handle);
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

}  // namespace

void RdKafkaConsumer::on_rebalance_callback(rd_kafka_t* /*handle*/, rd_kafka_resp_err_t code,
                                            rd_kafka_topic_partition_list_t* partitions, void* self) {
  static_cast<RdKafkaConsumer*>(self)->on_rebalance(code, partitions);
}

// Nothing may be thrown through librdkafka: an error is kept for poll(), and nothing is assigned.
void RdKafkaConsumer::on_rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions) {
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !closed_) {
    try {
      assign(partitions, decide_starts(partitions));
      return;
    } catch (const std::exception& error) {
      failure_ = error.what();
    }
    rd_kafka_assign(handle_.get(), nullptr);
    return;
  }
  if (code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    note_error(code, std::string("rebalance: ") + rd_kafka_err2str(code));
  }
  unassign(partitions);
}

void RdKafkaConsumer::assign(rd_kafka_topic_partition_list_t* partitions, Assignment starts) {
  const bool cooperative = is_cooperative(handle_.get());
  if (!cooperative) forget_all();
  for (const rd_kafka_topic_partition_t& partition : elements(partitions)) {
    open_queue({partition.topic, partition.partition});  // before the first record comes
  }
  if (cooperative) {
    const RdKafkaError error(rd_kafka_incremental_assign(handle_.get(), partitions));
    if (error) throw KafkaError(std::string("partitions cannot be assigned: ") + rd_kafka_error_string(error.get()));
  } else {
    const rd_kafka_resp_err_t error = rd_kafka_assign(handle_.get(), partitions);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw KafkaError(std::string("partitions cannot be assigned: ") + rd_kafka_err2str(error));
    }
  }
  KafkaEvent event{KafkaEvent::Kind::assigned, KafkaEvent::Level::info, "", "", {}};
  for (const rd_kafka_topic_partition_t& partition : elements(partitions)) {
    const Key key(partition.topic, partition.partition);
    const Assigned& start = assigned_[key] = std::move(starts[key]);
    merge_.add(key, std::chrono::steady_clock::now());
    event.partitions.push_back({key.first, key.second, start.next, start.incarnation, start.delivered});
  }
  event.message = "partitions assigned: " + list_text(event.partitions);
  add_event(std::move(event));
}

// What is queued of it is read again by its next owner.
void RdKafkaConsumer::forget(const Partition& partition) {
  assigned_.erase(partition);
  if (waiting_ && Partition(waiting_->topic, waiting_->partition) == partition) waiting_.reset();
  fetched_.erase(partition);
  merge_.remove(partition);
  close_queue(partition);
}

void RdKafkaConsumer::forget_all() {
  assigned_.clear();
  waiting_.reset();
  fetched_.clear();
  merge_.clear();
  close_queues();
}

void RdKafkaConsumer::unassign(rd_kafka_topic_partition_list_t* partitions) {
  KafkaEvent event{KafkaEvent::Kind::revoked, KafkaEvent::Level::info, "", "", {}};
  for (const rd_kafka_topic_partition_t& partition : elements(partitions)) {
    const auto found = assigned_.find(Key(partition.topic, partition.partition));
    if (found != assigned_.end()) {
      event.partitions.push_back({partition.topic, partition.partition, found->second.next, found->second.incarnation});
    }
    forget({partition.topic, partition.partition});
  }
  if (is_cooperative(handle_.get())) {
    const RdKafkaError error(rd_kafka_incremental_unassign(handle_.get(), partitions));
  } else {
    rd_kafka_assign(handle_.get(), nullptr);
    forget_all();
  }
  event.message = "partitions revoked: " + list_text(event.partitions);
  add_event(std::move(event));
}

RdKafkaConsumer::Assignment RdKafkaConsumer::decide_starts(rd_kafka_topic_partition_list_t* partitions) {
  std::vector<PartitionFacts> all;
  all.reserve(static_cast<std::size_t>(partitions->cnt));
  for (const rd_kafka_topic_partition_t& partition : elements(partitions)) {
    all.push_back({.topic = partition.topic, .partition = partition.partition});
  }
  gather_facts(all);
  Assignment starts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    PartitionFacts& facts = all[i];
    const auto decision = decide_start(facts, options_.start);
    if (!decision) {
      throw KafkaError(facts.topic + "/" + std::to_string(facts.partition) +
                       ": no position is known and the broker does not say where the log begins and ends");
    }
    partitions->elems[i].offset = decision->offset;
    Assigned& start = starts[{facts.topic, facts.partition}];
    start.next = decision->offset;
    start.incarnation = facts.incarnation;
    start.suspect = !facts.delivered.empty() && !facts.was_read_back;
    start.delivered = std::move(facts.delivered.empty() ? facts.read_back : facts.delivered);
    std::erase_if(start.delivered, [&](const DeliveredRecord& record) { return record.offset >= start.next; });
    if (decision->out_of_range) {
      add_event({KafkaEvent::Kind::out_of_range,
                 KafkaEvent::Level::warning,
                 "",
                 decision->reason,
                 {{facts.topic, facts.partition, decision->offset}}});
    }
  }
  return starts;
}

// The questions of one assignment share one deadline: with a question a partition, brokers that answer slowly would
// keep poll() for minutes, and the group would take the partitions away again.
int RdKafkaConsumer::patience() const {
  using std::chrono::milliseconds;
  const auto left = std::chrono::duration_cast<milliseconds>(answers_until_ - std::chrono::steady_clock::now());
  return static_cast<int>(std::max(left, milliseconds(1)).count());
}

void RdKafkaConsumer::gather_facts(std::vector<PartitionFacts>& facts) {
  answers_until_ = std::chrono::steady_clock::now() + options_.broker_timeout;
  const std::vector<PartitionOffset> known = ask_database();
  if (facts.empty()) return;
  std::vector<TopicFacts> topics = topics_of(facts, known);
  ask_group(facts);
  ask_log(facts);
  if (options_.start == KafkaStart::time) ask_time(facts);
  ask_partitions(topics);
  read_back(facts);
  find_recreated(topics);
}

std::vector<PartitionOffset> RdKafkaConsumer::ask_database() {
  char* id = rd_kafka_clusterid(handle_.get(), patience());
  if (id == nullptr) throw KafkaError("the brokers do not report their cluster id, under which positions are stored");
  const std::string cluster = id;
  rd_kafka_mem_free(handle_.get(), id);
  check_cluster(cluster);
  cluster_ = cluster;
  return positions_(cluster_);
}

void RdKafkaConsumer::ask_group(std::vector<PartitionFacts>& facts) {
  std::vector<PartitionFacts*> unknown;
  for (PartitionFacts& fact : facts) {
    if (!fact.database) unknown.push_back(&fact);
  }
  if (unknown.empty()) return;
  const RdKafkaPartitions list = list_of(unknown, RD_KAFKA_OFFSET_INVALID);
  const rd_kafka_resp_err_t error = rd_kafka_committed(handle_.get(), list.get(), patience());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // Using `start` instead could skip what the group has not read.
    throw KafkaError(std::string("the group's offsets cannot be read: ") + rd_kafka_err2str(error));
  }
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const std::int64_t offset = list->elems[i].offset;
    if (list->elems[i].err == RD_KAFKA_RESP_ERR_NO_ERROR && offset >= 0) unknown[i]->group = offset;
  }
}

void RdKafkaConsumer::ask_log(std::vector<PartitionFacts>& facts) {
  for (PartitionFacts& fact : facts) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const rd_kafka_resp_err_t error =
        rd_kafka_query_watermark_offsets(handle_.get(), fact.topic.c_str(), fact.partition, &low, &high, patience());
    if (error == RD_KAFKA_RESP_ERR__TIMED_OUT) {
      return;  // the others would time out one by one; a known position needs no lookup
    }
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      fact.low = low;
      fact.high = high;
    }
  }
}

void RdKafkaConsumer::ask_time(std::vector<PartitionFacts>& facts) {
  std::vector<PartitionFacts*> unknown;
  for (PartitionFacts& fact : facts) {
    if (!fact.database && !fact.group) unknown.push_back(&fact);
  }
  if (unknown.empty()) return;
  const RdKafkaPartitions list = list_of(unknown, options_.start_time.time_since_epoch().count());
  const rd_kafka_resp_err_t error = rd_kafka_offsets_for_times(handle_.get(), list.get(), patience());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw KafkaError(std::string("offsets by time cannot be read: ") + rd_kafka_err2str(error));
  }
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const rd_kafka_topic_partition_t& answer = list->elems[i];
    if (answer.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      // No record that recent yet: the end, so that the next one is read.
      unknown[i]->at_time = answer.offset >= 0 ? std::optional(answer.offset) : unknown[i]->high;
    }
  }
}

// Partitions are never taken from a topic: fewer than known prove another topic. The group gave us all that there are,
// unless others share them, so a broker is asked only where some are missing.
void RdKafkaConsumer::ask_partitions(std::vector<TopicFacts>& topics) {
  for (TopicFacts& topic : topics) {
    if (topic.known_partitions <= static_cast<std::int32_t>(topic.partitions.size())) continue;
    const RdKafkaTopic handle(rd_kafka_topic_new(handle_.get(), topic.topic.c_str(), nullptr));
    const rd_kafka_metadata_t* answer = nullptr;
    if (!handle ||
        rd_kafka_metadata(handle_.get(), 0, handle.get(), &answer, patience()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      continue;
    }
    const RdKafkaMetadata metadata(answer);
    for (const auto& found : std::span(answer->topics, static_cast<std::size_t>(answer->topic_cnt))) {
      if (found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.partition_cnt > 0 && topic.topic == found.topic) {
        topic.present_partitions = found.partition_cnt;
      }
    }
  }
}

}  // namespace tapewatch::ingest
