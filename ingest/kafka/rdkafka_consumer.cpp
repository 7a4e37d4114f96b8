#include "ingest/kafka/rdkafka_consumer.hpp"

#include <algorithm>
#include <array>

namespace tapewatch::ingest {
namespace {

std::optional<TimePoint> timestamp_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0) return std::nullopt;
  return TimePoint(std::chrono::milliseconds(milliseconds));
}

std::string bytes_of(const void* data, std::size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

std::vector<RecordHeader> headers_of(const rd_kafka_message_t& message) {
  std::vector<RecordHeader> headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;  // it has none
  headers.reserve(rd_kafka_header_cnt(list));
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0; rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.push_back({name, value == nullptr ? std::nullopt : std::optional(bytes_of(value, size))});
  }
  return headers;
}

}  // namespace

RdKafkaConsumer::RdKafkaConsumer(const KafkaOptions& options, PositionLookup positions)
    : options_(options), positions_(std::move(positions)), without_secrets_(options) {
  RdKafkaConf configuration = consumer_configuration(options_);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_error_cb(configuration.get(), &RdKafkaConsumer::on_error);
  rd_kafka_conf_set_log_cb(configuration.get(), &RdKafkaConsumer::on_log);
  rd_kafka_conf_set_stats_cb(configuration.get(), &RdKafkaConsumer::on_statistics);
  rd_kafka_conf_set_rebalance_cb(configuration.get(), &RdKafkaConsumer::on_rebalance_callback);
  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, configuration.get(), text.data(), text.size()));
  if (!handle_) throw KafkaError("source \"" + options_.name + "\": " + without_secrets_(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  rd_kafka_set_log_queue(handle_.get(), nullptr);
  rd_kafka_poll_set_consumer(handle_.get());
  subscribe();
}

RdKafkaConsumer::~RdKafkaConsumer() {
  close();
  // The plain destructor would close a second time and wait without a limit.
  rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

void RdKafkaConsumer::subscribe() {
  const RdKafkaPartitions topics(rd_kafka_topic_partition_list_new(static_cast<int>(options_.topics.size())));
  for (const std::string& topic : options_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(handle_.get(), topics.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw KafkaError("source \"" + options_.name + "\": cannot subscribe: " + rd_kafka_err2str(error));
  }
}

void RdKafkaConsumer::throw_if_failed() {
  if (!failure_.empty()) throw KafkaError("source \"" + options_.name + "\": " + failure_);
  std::array<char, 512> text{};
  if (rd_kafka_fatal_error(handle_.get(), text.data(), text.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw KafkaError("source \"" + options_.name + "\": " + without_secrets_(text.data()));
  }
}

std::optional<Record> RdKafkaConsumer::poll(std::chrono::milliseconds wait) {
  throw_if_failed();
  const RdKafkaMessage message(rd_kafka_consumer_poll(handle_.get(), static_cast<int>(wait.count())));
  throw_if_failed();
  return message ? take(*message) : std::nullopt;
}

std::optional<Record> RdKafkaConsumer::take(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return take_end(message);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    note_error(message.err, rd_kafka_message_errstr(&message));
    return std::nullopt;
  }
  const char* topic = rd_kafka_topic_name(message.rkt);
  const auto next = next_.find(Key(topic, message.partition));
  if (next == next_.end()) return std::nullopt;  // of a partition that was just revoked: its new owner reads it
  next->second = message.offset + 1;
  note_reachable();
  Record record;
  record.payload = bytes_of(message.payload, message.len);
  record.key = bytes_of(message.key, message.key_len);
  record.topic = topic;
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp = timestamp_of(message);
  record.tombstone = message.payload == nullptr;
  record.keyed = message.key != nullptr;
  record.headers = headers_of(message);
  return record;
}

std::optional<Record> RdKafkaConsumer::take_end(const rd_kafka_message_t& end) {
  Record record;
  record.topic = rd_kafka_topic_name(end.rkt);
  record.partition = end.partition;
  record.offset = end.offset;
  record.end = true;
  const auto next = next_.find(Key(record.topic, record.partition));
  if (next == next_.end() || end.offset < next->second) return std::nullopt;
  record.passed = end.offset > next->second;
  next->second = end.offset;
  note_reachable();
  return record;
}

void RdKafkaConsumer::set_paused(bool paused) {
  rd_kafka_topic_partition_list_t* assigned = nullptr;
  if (rd_kafka_assignment(handle_.get(), &assigned) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;  // no assignment, nothing to pause; a later one is paused when assigned
  }
  const RdKafkaPartitions partitions(assigned);
  paused ? rd_kafka_pause_partitions(handle_.get(), assigned) : rd_kafka_resume_partitions(handle_.get(), assigned);
}

void RdKafkaConsumer::pause() {
  if (!std::exchange(paused_, true)) set_paused(true);
}

void RdKafkaConsumer::resume() {
  if (std::exchange(paused_, false)) set_paused(false);
}

void RdKafkaConsumer::store(const PartitionOffset& next) {
  const RdKafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), next.topic.c_str(), next.partition)->offset = next.offset;
  const rd_kafka_resp_err_t error = rd_kafka_offsets_store(handle_.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__STATE &&
      error != RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) {
    note_error(error, std::string("the group's offset cannot be stored: ") + rd_kafka_err2str(error));
  }
}

std::vector<KafkaEvent> RdKafkaConsumer::take_events() {
  std::vector<KafkaEvent> taken(std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end()));
  events_.clear();
  if (events_dropped_ > 0) {
    taken.push_back({KafkaEvent::Kind::log,
                     KafkaEvent::Level::warning,
                     "",
                     std::to_string(std::exchange(events_dropped_, 0)) + " events were dropped",
                     {}});
  }
  return taken;
}

void RdKafkaConsumer::add_event(KafkaEvent event) {
  const bool matters = event.kind == KafkaEvent::Kind::assigned || event.kind == KafkaEvent::Kind::revoked;
  if (!matters && events_.size() >= options_.max_events) {
    ++events_dropped_;
    return;
  }
  event.message = without_secrets_(event.message);
  events_.push_back(std::move(event));
}

std::optional<std::int64_t> RdKafkaConsumer::lag() const {
  std::optional<std::int64_t> sum;
  for (const auto& [key, next] : next_) {
    std::int64_t low = RD_KAFKA_OFFSET_INVALID;
    std::int64_t high = RD_KAFKA_OFFSET_INVALID;
    rd_kafka_get_watermark_offsets(handle_.get(), key.first.c_str(), key.second, &low, &high);
    if (high >= 0) sum = sum.value_or(0) + std::max<std::int64_t>(0, high - next);
  }
  return sum;
}

void RdKafkaConsumer::close() {
  if (std::exchange(closed_, true)) return;
  // rd_kafka_consumer_close() waits without a limit when the broker is gone; closing by queue keeps to ours.
  const RdKafkaQueue queue(rd_kafka_queue_new(handle_.get()));
  const RdKafkaError error(rd_kafka_consumer_close_queue(handle_.get(), queue.get()));
  constexpr std::chrono::milliseconds kStep{50};
  for (auto left = options_.close_timeout; !error && !rd_kafka_consumer_closed(handle_.get()) && left.count() > 0;) {
    const RdKafkaMessage ignored(rd_kafka_consume_queue(queue.get(), static_cast<int>(kStep.count())));
    left -= ignored ? std::chrono::milliseconds(0) : kStep;
  }
}

}  // namespace tapewatch::ingest
