#pragma once
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

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

/// Destroys a client that was closed, or whose close was given up. librdkafka 2.0.2 may wait for ever there: for
/// requests to a frozen broker until they time out, for a broker's thread after the cluster behind its address was
/// swapped. So it happens on a thread of its own, and after `patience` nobody waits for it. Nothing of ours is called
/// meanwhile: all callbacks go through queues that nobody serves any more.
inline void destroy_client(rd_kafka_t* handle, std::chrono::milliseconds patience) {
  const auto done = std::make_shared<std::promise<void>>();
  const std::future<void> ended = done->get_future();
  try {
    std::thread([handle, done] {
      rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
      done->set_value();
    }).detach();
  } catch (const std::system_error&) {
    return;  // without a thread the client stays until the process ends
  }
  ended.wait_for(patience);
}
inline constexpr std::chrono::milliseconds kDestroyPatience{500};

}  // namespace tapewatch::ingest
