#pragma once
// librdkafka's mock cluster: real brokers on loopback TCP inside this process, and a producer to fill them.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapewatch::tests {

// librdkafka's threads must not receive the signals of the tested program.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

class KafkaMock {
 public:
  explicit KafkaMock(int brokers = 1) {
    const SignalsBlocked blocked;
    std::array<char, 512> text{};
    rd_kafka_conf_t* configuration = rd_kafka_conf_new();
    rd_kafka_conf_set(configuration, "linger.ms", "0", text.data(), text.size());
    rd_kafka_conf_set(configuration, "test.mock.num.brokers", std::to_string(brokers).c_str(), text.data(),
                      text.size());
    rd_kafka_conf_set(configuration, "log_level", "2", text.data(), text.size());
    rd_kafka_conf_set_dr_msg_cb(configuration, [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) *static_cast<bool*>(message->_private) = true;
    });
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, text.data(), text.size());
    if (producer_ == nullptr) throw std::runtime_error(text.data());
    cluster_ = rd_kafka_handle_mock_cluster(producer_);
  }
  ~KafkaMock() { rd_kafka_destroy(producer_); }
  KafkaMock(const KafkaMock&) = delete;
  KafkaMock& operator=(const KafkaMock&) = delete;

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  rd_kafka_mock_cluster_t* cluster() { return cluster_; }
  void create(const std::string& topic, int partitions) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
  }

  /// A header's value may be any bytes, or null.
  using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

  /// Returns once the broker has the record. No value: a tombstone.
  void produce(const std::string& topic, std::int32_t partition, std::optional<std::string> value,
               std::int64_t timestamp_ms = 1'700'000'000'000, const Headers& headers = {},
               const std::optional<std::string>& key = {}) {
    bool failed = false;
    rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
    for (const auto& [name, content] : headers) {
      rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), content ? content->data() : nullptr,
                          content ? static_cast<ssize_t>(content->size()) : 0);
    }
    const rd_kafka_resp_err_t error =
        rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(data_of(value), size_of(value)),
                          RD_KAFKA_V_KEY(data_of(key), size_of(key)), RD_KAFKA_V_TIMESTAMP(timestamp_ms),
                          RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_OPAQUE(&failed), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(list);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR || rd_kafka_flush(producer_, 20'000) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        failed) {
      throw std::runtime_error("the mock cluster did not take a record");
    }
  }

  /// Many at once: "{\"title\":\"<prefix> <i>\"}".
  void produce_many(const std::string& topic, std::int32_t partition, const std::string& prefix, int count) {
    bool failed = false;
    for (int i = 0; i < count; ++i) {
      const std::string value = "{\"title\":\"" + prefix + " " + std::to_string(i) + "\"}";
      rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_OPAQUE(&failed),
                        RD_KAFKA_V_END);
    }
    if (rd_kafka_flush(producer_, 20'000) != RD_KAFKA_RESP_ERR_NO_ERROR || failed) {
      throw std::runtime_error("the mock cluster did not take all records");
    }
  }

  /// The offset that the group stored, -1 for none.
  std::int64_t committed(const std::string& group, const std::string& topic, std::int32_t partition) {
    const SignalsBlocked blocked;
    std::array<char, 512> text{};
    rd_kafka_conf_t* configuration = rd_kafka_conf_new();
    rd_kafka_conf_set(configuration, "bootstrap.servers", brokers().c_str(), text.data(), text.size());
    rd_kafka_conf_set(configuration, "group.id", group.c_str(), text.data(), text.size());
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, text.data(), text.size());
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), partition);
    const bool answered = rd_kafka_committed(client, list, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
    const std::int64_t offset = answered && list->elems[0].offset >= 0 ? list->elems[0].offset : -1;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return offset;
  }

 private:
  static void* data_of(const std::optional<std::string>& bytes) {
    return bytes ? const_cast<char*>(bytes->data()) : nullptr;  // librdkafka only copies it
  }
  static std::size_t size_of(const std::optional<std::string>& bytes) { return bytes ? bytes->size() : 0; }

  rd_kafka_t* producer_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace tapewatch::tests
