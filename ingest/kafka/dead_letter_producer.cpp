// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
#include "ingest/kafka/dead_letter_producer.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace tapewatch::ingest {
namespace {

// Ids are passed in librdkafka's opaque pointer, so that none of our memory has to outlive the message.
void* as_opaque(std::int64_t id) { return reinterpret_cast<void*>(static_cast<std::intptr_t>(id)); }
std::int64_t as_id(void* opaque) { return static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(opaque)); }

// Errors of the message itself; all others may be temporary.
bool is_final(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || error == RD_KAFKA_RESP_ERR_INVALID_MSG ||
         error == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE || error == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

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
  const std::string bytes = std::to_string(message.payload.size());
  const std::pair<const char*, const std::string*> headers[] = {{"tapewatch-source", &message.source},
                                                                {"tapewatch-position", &message.position},
                                                                {"tapewatch-pointer", &message.pointer},
                                                                {"tapewatch-reason", &message.reason},
                                                                {"tapewatch-payload-bytes", &bytes}};
  rd_kafka_headers_t* list = rd_kafka_headers_new(std::size(headers));
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(list, name, -1, value->data(), static_cast<ssize_t>(value->size()));
  }
  void* const payload = const_cast<char*>(message.payload.data());  // NOLINT: librdkafka only copies it
  const rd_kafka_resp_err_t error =
      rd_kafka_producev(handle_.get(), RD_KAFKA_V_TOPIC(options_.dead_letter_topic.c_str()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE(payload, size),
                        RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_OPAQUE(as_opaque(message.id)), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++in_flight_;
    return true;
  }
  rd_kafka_headers_destroy(list);
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
  const bool delivered = error == RD_KAFKA_RESP_ERR_NO_ERROR;
  receipts_.push_back({id, delivered, !is_final(error), delivered ? std::string() : rd_kafka_err2str(error)});
}

std::vector<DeadLetterReceipt> DeadLetterProducer::poll() {
  rd_kafka_poll(handle_.get(), 0);
  return std::exchange(receipts_, {});
}

}  // namespace tapewatch::ingest
