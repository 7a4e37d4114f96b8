// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
#include "ingest/kafka/dead_letter_producer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "ingest/kafka/record_place.hpp"

namespace tapewatch::ingest {
namespace {

// Ids are passed in librdkafka's opaque pointer, so that none of our memory has to outlive the message.
void* as_opaque(std::int64_t id) { return reinterpret_cast<void*>(static_cast<std::intptr_t>(id)); }
std::int64_t as_id(void* opaque) { return static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(opaque)); }

DeadLetterReceipt::Result result_of(rd_kafka_resp_err_t error) {
  using Result = DeadLetterReceipt::Result;
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return Result::delivered;
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:  // Kafka 4: more than an hour ahead
      return Result::time_refused;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:  // errors of the message itself; all others may be temporary
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return Result::refused;
    default:
      return Result::failed;
  }
}

void add_header(rd_kafka_headers_t* list, const std::string& name, const std::string& value) {
  rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                      static_cast<ssize_t>(value.size()));
}

rd_kafka_headers_t* headers_of(const DeadLetterMessage& message) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(message.headers.size() + 9);
  for (const RecordHeader& header : message.headers) {
    if (header.value) {
      add_header(list, header.name, *header.value);
    } else {
      rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()), nullptr, 0);
    }
  }
  add_header(list, "tapewatch-source", message.source);
  add_header(list, "tapewatch-position", message.position);
  if (const auto place = parse_record_place(message.position)) {
    add_header(list, "tapewatch-topic", place->topic);
    add_header(list, "tapewatch-partition", std::to_string(place->partition));
    add_header(list, "tapewatch-offset", std::to_string(place->offset));
  }
  if (message.record_at) {
    add_header(list, "tapewatch-timestamp", std::to_string(message.record_at->time_since_epoch().count()));
  }
  add_header(list, "tapewatch-pointer", message.pointer);
  add_header(list, "tapewatch-reason", message.reason);
  add_header(list, "tapewatch-payload-bytes", std::to_string(message.payload.size()));
  return list;
}

// librdkafka takes a pointer that is not const, but only copies what it points to.
void* copied(const std::string& bytes) { return const_cast<char*>(bytes.data()); }  // NOLINT

void drop_log(const rd_kafka_t* /*handle*/, int /*level*/, const char* /*facility*/, const char* /*line*/) {
  // The consumer of the same brokers reports broker errors; a failed message reports its own reason.
}

}  // namespace

DeadLetterProducer::DeadLetterProducer(const KafkaOptions& options) : options_(options), without_secrets_(options) {
  RdKafkaConf configuration = producer_configuration(options_);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), &DeadLetterProducer::on_receipt);
  rd_kafka_conf_set_log_cb(configuration.get(), &drop_log);
  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, configuration.get(), text.data(), text.size()));
  if (!handle_) throw KafkaError("source \"" + options_.name + "\", dead letters: " + without_secrets_(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  rd_kafka_set_log_queue(handle_.get(), nullptr);
}

DeadLetterProducer::~DeadLetterProducer() {
  // Without receipts they stay pending and are sent again at the next start.
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

bool DeadLetterProducer::offer(const DeadLetterMessage& message) {
  if (in_flight_ >= options_.max_dead_letters_in_flight) return false;
  const std::size_t size = std::min(message.payload.size(), options_.max_dead_letter_bytes);
  void* const value = message.tombstone ? nullptr : copied(message.payload);
  rd_kafka_headers_t* const headers = headers_of(message);
  void* const key = message.key ? copied(*message.key) : nullptr;
  const std::size_t key_size = message.key ? message.key->size() : 0;
  const std::int64_t now = 0;  // librdkafka's word for it
  const std::int64_t at = message.record_at ? message.record_at->time_since_epoch().count() : now;
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      handle_.get(), RD_KAFKA_V_TOPIC(options_.dead_letter_topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_VALUE(value, message.tombstone ? 0 : size), RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_TIMESTAMP(at),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(as_opaque(message.id)), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++in_flight_;
    return true;
  }
  rd_kafka_headers_destroy(headers);
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
  add_receipt(message.id, error);
  return true;
}

void DeadLetterProducer::on_receipt(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* self) {
  auto* producer = static_cast<DeadLetterProducer*>(self);
  --producer->in_flight_;
  producer->add_receipt(as_id(message->_private), message->err);
}

void DeadLetterProducer::add_receipt(std::int64_t id, rd_kafka_resp_err_t error) {
  receipts_.push_back({id, result_of(error), error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2str(error)});
}

std::vector<DeadLetterReceipt> DeadLetterProducer::poll() {
  rd_kafka_poll(handle_.get(), 0);
  return std::exchange(receipts_, {});
}

}  // namespace tapewatch::ingest
