#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "ingest/kafka/merge_options.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

/// Where to start, at a source's first assignment, a partition for which neither the database nor the group has a
/// position. Those that appear later are read from their beginning.
enum class KafkaStart { latest, earliest, time };

// [[ingest.kafka]]: one consumer of one group on one cluster.
struct KafkaOptions : RecordSource {
  std::string brokers;  // host:port, comma-separated
  std::vector<std::string> topics;
  std::string group = "tapewatch";  // one database per group
  KafkaStart start = KafkaStart::latest;
  std::chrono::sys_time<std::chrono::milliseconds> start_time{};  // with KafkaStart::time
  std::string dead_letter_topic;                                  // "" = dead letters stay in the database
  std::map<std::string, std::string> properties;  // anything librdkafka accepts, except what the keys above set
  std::string properties_file;                    // the same as lines `key=value`; config merges it into `properties`

  /// Limits without configuration keys.
  std::size_t max_record_bytes = 4 * 1024 * 1024;      // a longer record is a dead letter, its payload cut to this
  std::size_t max_prefetch_kib = 4 * 1024;             // fetched ahead by librdkafka, of each partition
  MergeLimits merge;                                   // fetched ahead and sorted, over all partitions
  std::size_t max_events = 1000;                       // events kept between two calls of take_events()
  std::size_t max_dead_letters_in_flight = 256;        // forwarded and not yet acknowledged
  std::size_t max_dead_letter_bytes = 512 * 1024;      // a longer payload is forwarded cut, its size in a header
  std::chrono::milliseconds poll_wait{100};            // of one poll()
  std::chrono::milliseconds broker_timeout{5'000};     // all queries of one assignment together
  std::chrono::milliseconds close_timeout{2'000};      // to leave the group properly
  std::chrono::milliseconds full_patience{2'000};      // how long the queue is full before the consumer is paused
  std::chrono::milliseconds statistics_every{5'000};   // lag and broker states
  std::chrono::milliseconds heard_for{30'000};         // how long brokers count as covered after an answer
  std::chrono::milliseconds dead_letter_every{5'000};  // interval of looking for dead letters to forward
  std::chrono::milliseconds reopen_first{1'000};       // a consumer that failed permanently is reopened: first wait,
  std::chrono::milliseconds reopen_most{60'000};       // doubled up to this
};

}  // namespace tapewatch::ingest
