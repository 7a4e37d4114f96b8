#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// Where an output begins whose position nobody knows: after the last event there is, or with the oldest one kept.
enum class OutputStart { now, beginning };

// [[output.kafka]]: one transactional producer on one cluster.
struct KafkaOutputOptions {
  std::string name;
  std::string brokers;           // host:port, comma-separated
  std::string documents;         // the topic of scored documents; "" = they are not published
  std::string alerts;            // the topic of alert transitions; "" = they are not published; may be the same
  std::string transactional_id;  // of its transactions, and the group of its position; "" = tapewatch-NAME
  OutputStart from = OutputStart::now;
  std::size_t batch = 500;                        // events of one transaction at most
  std::chrono::milliseconds linger{100};          // how long an event waits for others of its transaction
  std::size_t max_backlog = 1'000'000;            // events that are kept for its brokers
  std::map<std::string, std::string> properties;  // anything librdkafka accepts, except what the keys above set
  std::string properties_file;                    // the same as lines `key=value`; config merges it into `properties`

  /// Limits without configuration keys.
  std::chrono::milliseconds transaction_timeout{10'000};  // after which brokers abort what nobody ends
  std::chrono::milliseconds step{500};                    // of one blocking call
  std::chrono::milliseconds open_patience{5'000};         // for brokers and topics, before it counts as a failure
  std::chrono::milliseconds position_every{3'600'000};    // committed anew while idle: brokers forget it after a week
  std::chrono::milliseconds receipt_every{5'000};         // how often the database hears how far it is
  std::chrono::milliseconds look_every{1'000};            // while idle: lag, and what connections say
  std::chrono::milliseconds retry_first{500};             // wait after a failure, doubled
  std::chrono::milliseconds retry_most{10'000};           // up to this
  std::chrono::milliseconds stop_patience{1'000};         // for the transaction under way at a stop
  int most_aborts = 3;                                    // in a row; then the client is opened anew

  std::string id() const { return transactional_id.empty() ? "tapewatch-" + name : transactional_id; }
  std::vector<std::string> topics() const {
    std::vector<std::string> named;
    if (!documents.empty()) named.push_back(documents);
    if (!alerts.empty() && alerts != documents) named.push_back(alerts);
    return named;
  }
};

/// The connection of an output as that of a source: brokers, topics, properties, and its position's group.
inline KafkaOptions client_options(const KafkaOutputOptions& output) {
  KafkaOptions client;
  client.name = output.name;
  client.brokers = output.brokers;
  client.topics = output.topics();
  client.group = output.id();
  client.properties = output.properties;
  return client;
}

}  // namespace tapewatch::ingest
