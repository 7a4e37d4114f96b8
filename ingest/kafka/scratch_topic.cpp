// Tested by tests/e2e/kafka/bench_test.py
#include "ingest/kafka/scratch_topic.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace tapewatch::ingest {
namespace {

constexpr int kScratchPartitions = 4;
constexpr int kTopicPatienceMs = 20'000;

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, RdKafkaDeleter<rd_kafka_NewTopic_destroy>>;
using DeleteTopic = std::unique_ptr<rd_kafka_DeleteTopic_t, RdKafkaDeleter<rd_kafka_DeleteTopic_destroy>>;

RdKafkaHandle scratch_producer(const std::string& brokers) {
  std::array<char, 512> error{};
  RdKafkaConf conf(rd_kafka_conf_new());
  for (const auto& [name, value] : {std::pair{"bootstrap.servers", brokers.c_str()}, {"linger.ms", "1"}}) {
    if (rd_kafka_conf_set(conf.get(), name, value, error.data(), error.size()) != RD_KAFKA_CONF_OK) {
      throw std::runtime_error(fmt::format("{}: {}", name, error.data()));
    }
  }
  RdKafkaHandle producer(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), error.data(), error.size()));
  if (!producer) throw std::runtime_error(fmt::format("brokers {}: {}", brokers, error.data()));
  static_cast<void>(conf.release());  // the producer's now
  return producer;
}

}  // namespace

ScratchTopic::ScratchTopic(const std::string& brokers, std::string name)
    : brokers_(brokers), name_(std::move(name)), producer_(scratch_producer(brokers)) {
  if (const auto error = administer(true); !error.empty()) {
    throw std::runtime_error(fmt::format("brokers {}: topic {} cannot be made: {}", brokers_, name_, error));
  }
}

ScratchTopic::~ScratchTopic() {
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  administer(false);
}

std::string ScratchTopic::administer(bool create) {
  const RdKafkaQueue queue(rd_kafka_queue_new(producer_.get()));
  if (create) {
    std::array<char, 512> error{};
    const NewTopic topic(rd_kafka_NewTopic_new(name_.c_str(), kScratchPartitions, 1, error.data(), error.size()));
    if (!topic) return error.data();
    rd_kafka_NewTopic_t* topics[] = {topic.get()};
    rd_kafka_CreateTopics(producer_.get(), topics, 1, nullptr, queue.get());
  } else {
    const DeleteTopic topic(rd_kafka_DeleteTopic_new(name_.c_str()));
    rd_kafka_DeleteTopic_t* topics[] = {topic.get()};
    rd_kafka_DeleteTopics(producer_.get(), topics, 1, nullptr, queue.get());
  }
  const RdKafkaEvent event(rd_kafka_queue_poll(queue.get(), kTopicPatienceMs));
  if (!event) return "no answer";
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_event_error_string(event.get());
  if (!create) return {};
  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  const auto* const* topics = rd_kafka_CreateTopics_result_topics(result, &count);
  if (count == 1 && rd_kafka_topic_result_error(topics[0]) == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  const char* error = count == 1 ? rd_kafka_topic_result_error_string(topics[0]) : nullptr;
  return error != nullptr ? error : "refused";
}

void ScratchTopic::produce(const std::string& record) {
  while (true) {
    const auto error = rd_kafka_producev(producer_.get(), RD_KAFKA_V_TOPIC(name_.c_str()),
                                         RD_KAFKA_V_PARTITION(next_ % kScratchPartitions),
                                         RD_KAFKA_V_VALUE(const_cast<char*>(record.data()), record.size()),
                                         RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    rd_kafka_poll(producer_.get(), error == RD_KAFKA_RESP_ERR__QUEUE_FULL ? 100 : 0);
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) continue;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw std::runtime_error(fmt::format("brokers {}: topic {}: {}", brokers_, name_, rd_kafka_err2str(error)));
    }
    ++next_;
    return;
  }
}

void ScratchTopic::flush() {
  const auto error = rd_kafka_flush(producer_.get(), kTopicPatienceMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error(fmt::format("brokers {}: topic {}: {}", brokers_, name_, rd_kafka_err2str(error)));
  }
}

}  // namespace tapewatch::ingest
