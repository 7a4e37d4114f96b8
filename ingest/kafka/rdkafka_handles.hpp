#pragma once
#include <librdkafka/rdkafka.h>

#include <memory>

namespace tapewatch::ingest {

// librdkafka's objects, each destroyed by its own function.
template <auto Destroy>
struct RdKafkaDeleter {
  template <class T>
  void operator()(T* object) const {
    Destroy(object);
  }
};

using RdKafkaConf = std::unique_ptr<rd_kafka_conf_t, RdKafkaDeleter<rd_kafka_conf_destroy>>;
using RdKafkaTopicConf = std::unique_ptr<rd_kafka_topic_conf_t, RdKafkaDeleter<rd_kafka_topic_conf_destroy>>;
using RdKafkaHandle = std::unique_ptr<rd_kafka_t, RdKafkaDeleter<rd_kafka_destroy>>;
using RdKafkaTopic = std::unique_ptr<rd_kafka_topic_t, RdKafkaDeleter<rd_kafka_topic_destroy>>;
using RdKafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, RdKafkaDeleter<rd_kafka_metadata_destroy>>;
using RdKafkaQueue = std::unique_ptr<rd_kafka_queue_t, RdKafkaDeleter<rd_kafka_queue_destroy>>;
using RdKafkaMessage = std::unique_ptr<rd_kafka_message_t, RdKafkaDeleter<rd_kafka_message_destroy>>;
using RdKafkaError = std::unique_ptr<rd_kafka_error_t, RdKafkaDeleter<rd_kafka_error_destroy>>;
using RdKafkaEvent = std::unique_ptr<rd_kafka_event_t, RdKafkaDeleter<rd_kafka_event_destroy>>;
using RdKafkaPartitions =
    std::unique_ptr<rd_kafka_topic_partition_list_t, RdKafkaDeleter<rd_kafka_topic_partition_list_destroy>>;

}  // namespace tapewatch::ingest
