#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/kafka_start.hpp"
#include "ingest/kafka/partition_merge.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"
#include "ingest/kafka/topic_incarnation.hpp"

namespace tapewatch::ingest {

/// KafkaConsumer over librdkafka. Owned and called by one thread; librdkafka's own threads never call us (log, error,
/// statistics and rebalance callbacks are all served inside poll() and close()), but to end a wait.
///
/// Each partition has its own queue in librdkafka, which fetches for it until that queue is full, whatever the others
/// hold. Records move from there into a PartitionMerge as it has room, so a partition that is ahead of the others costs
/// a full queue and is never fetched twice.
///
/// Works with eager and cooperative rebalancing; librdkafka's default, range and round-robin, is eager. One daemon per
/// group is the usual case, where the two do not differ.
class RdKafkaConsumer final : public KafkaConsumer {
 public:
  // Throws KafkaError for a configuration that librdkafka refuses. Needs no broker.
  RdKafkaConsumer(const KafkaOptions& options, PositionLookup positions);
  ~RdKafkaConsumer() override;

  std::optional<Record> poll(std::chrono::milliseconds wait) override;
  void pause() override;
  void resume() override;
  void store(const PartitionOffset& next) override;
  std::vector<KafkaEvent> take_events() override;
  const std::string& cluster() const override { return cluster_; }
  std::optional<std::int64_t> lag() const override;
  std::chrono::milliseconds disorder() const override { return merge_.disorder(); }
  void close() override;

 private:
  using Key = Partition;

  /// One partition that is ours.
  struct Assigned {
    std::int64_t next = 0;  // what poll() returns next
    std::int64_t incarnation = 0;
    DeliveredRecords delivered;  // some of the last records that poll() returned
    /// Something happened after which another topic or cluster may answer: see verify().
    bool suspect = false;
    int unanswered = 0;  // attempts to verify it
  };
  using Assignment = std::map<Key, Assigned>;

  void subscribe();
  void throw_if_failed();
  void sort_in(const rd_kafka_message_t& message);
  void fill_merge();
  void note_reached_end(const Partition& partition);
  std::optional<Record> next_record();
  bool is_trusted(const Record& record, Assigned& partition);
  void open_queue(const Partition& partition);
  void close_queue(const Partition& partition);
  void close_queues();
  void add_event(KafkaEvent event);

  /// In rdkafka_assignment.cpp: what happens when partitions come and go.
  void on_rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions);
  void assign(rd_kafka_topic_partition_list_t* partitions, Assignment starts);
  void unassign(rd_kafka_topic_partition_list_t* partitions);
  void forget(const Partition& partition);
  void forget_all();
  Assignment decide_starts(rd_kafka_topic_partition_list_t* partitions);
  int patience() const;
  void gather_facts(std::vector<PartitionFacts>& facts);
  std::vector<PartitionOffset> ask_database();
  void ask_group(std::vector<PartitionFacts>& facts);
  void ask_log(std::vector<PartitionFacts>& facts);
  void ask_time(std::vector<PartitionFacts>& facts);
  void ask_partitions(std::vector<TopicFacts>& topics);

  /// In rdkafka_identity.cpp: whether topic and cluster are still those that have been read.
  void check_cluster(const std::string& now) const;
  void read_back(std::vector<PartitionFacts>& facts);
  void find_recreated(std::vector<TopicFacts>& topics);
  void suspect_all();
  void verify();
  void settle(const PartitionFacts& facts);

  /// In rdkafka_events.cpp: librdkafka's callbacks turned into events.
  static void on_error(rd_kafka_t* handle, int code, const char* reason, void* self);
  static void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* line);
  static int on_statistics(rd_kafka_t* handle, char* json, size_t length, void* self);
  static void on_rebalance_callback(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                                    rd_kafka_topic_partition_list_t* partitions, void* self);
  void note_error(rd_kafka_resp_err_t code, const std::string& reason);
  void note_unreachable(const std::string& code, const std::string& reason);
  void note_message_error(const rd_kafka_message_t& message);
  void note_reachable();
  void note_answers(std::string_view statistics);

  KafkaOptions options_;
  PositionLookup positions_;
  SecretFilter without_secrets_;
  RdKafkaHandle handle_;
  std::string cluster_;
  RdKafkaQueue wake_;                    // the consumer's own queue: its wait ends when a partition's has a record
  std::map<Key, RdKafkaQueue> queues_;   // of each assigned partition
  std::map<Key, std::int64_t> fetched_;  // after the last record taken from them, until its end was looked at
  PartitionMerge merge_;                 // of what was taken from them
  Assignment assigned_;
  std::optional<Record> waiting_;  // read, and not handed out before its partition is verified
  std::deque<KafkaEvent> events_;
  std::size_t events_dropped_ = 0;
  std::string failure_;                         // set inside a callback, thrown by poll()
  std::string last_reason_;                     // of a failed connection: reported with "no broker can be reached"
  std::chrono::milliseconds longest_fetch_{0};  // fetch.wait.max.ms
  std::chrono::steady_clock::time_point answers_until_{};  // of the questions of an assignment
  bool unreachable_ = false;
  bool paused_ = false;
  bool closed_ = false;
};

}  // namespace tapewatch::ingest
