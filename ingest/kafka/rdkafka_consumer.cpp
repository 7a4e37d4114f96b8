#include "ingest/kafka/rdkafka_consumer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "ingest/kafka/read_back.hpp"

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

Record record_of(const rd_kafka_message_t& message) {
  Record record;
  record.payload = bytes_of(message.payload, message.len);
  record.key = bytes_of(message.key, message.key_len);
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp = timestamp_of(message);
  record.tombstone = message.payload == nullptr;
  record.keyed = message.key != nullptr;
  record.headers = headers_of(message);
  record.checksum = delivered_record(message).checksum;
  return record;
}

std::chrono::milliseconds milliseconds_of(const RdKafkaConf& configuration, const char* property) {
  std::array<char, 32> text{};
  std::size_t size = text.size();
  rd_kafka_conf_get(configuration.get(), property, text.data(), &size);
  return std::chrono::milliseconds(std::strtoll(text.data(), nullptr, 10));
}

}  // namespace

RdKafkaConsumer::RdKafkaConsumer(const KafkaOptions& options, PositionLookup positions)
    : options_(options), positions_(std::move(positions)), without_secrets_(options), merge_(options.merge) {
  RdKafkaConf configuration = consumer_configuration(options_);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_error_cb(configuration.get(), &RdKafkaConsumer::on_error);
  rd_kafka_conf_set_log_cb(configuration.get(), &RdKafkaConsumer::on_log);
  rd_kafka_conf_set_stats_cb(configuration.get(), &RdKafkaConsumer::on_statistics);
  rd_kafka_conf_set_rebalance_cb(configuration.get(), &RdKafkaConsumer::on_rebalance_callback);
  longest_fetch_ = milliseconds_of(configuration, "fetch.wait.max.ms");
  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, configuration.get(), text.data(), text.size()));
  if (!handle_) throw KafkaError("source \"" + options_.name + "\": " + without_secrets_(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  rd_kafka_set_log_queue(handle_.get(), nullptr);
  rd_kafka_poll_set_consumer(handle_.get());
  wake_.reset(rd_kafka_queue_get_consumer(handle_.get()));
  subscribe();
}

RdKafkaConsumer::~RdKafkaConsumer() {
  close();
  destroy_client(handle_.release(), kDestroyPatience);
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
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + wait;
  for (std::chrono::milliseconds left{0};;) {
    throw_if_failed();
    const RdKafkaMessage message(rd_kafka_consumer_poll(handle_.get(), static_cast<int>(left.count())));
    throw_if_failed();
    if (message) sort_in(*message);
    if (!paused_) {
      fill_merge();
      if (auto record = next_record()) return record;
    }
    const auto now = steady_clock::now();
    if (now >= until || !events_.empty()) return std::nullopt;
    const auto end = paused_ ? until : std::min(until, merge_.waits_until().value_or(until));
    left = std::max(std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(end - now));
  }
}

// Takes over what librdkafka has fetched, as far as the merge has room.
void RdKafkaConsumer::fill_merge() {
  for (const auto& [partition, queue] : queues_) {
    bool all = false;
    while (!all && merge_.wants(partition)) {
      const RdKafkaMessage message(rd_kafka_consume_queue(queue.get(), 0));
      all = !message;
      if (message) sort_in(*message);
    }
    if (all) note_reached_end(partition);
  }
}

// The end is known before librdkafka reports it, which takes another fetch: it tells how long the log was at the last.
void RdKafkaConsumer::note_reached_end(const Partition& partition) {
  const auto last = fetched_.find(partition);
  if (last == fetched_.end()) return;
  std::int64_t low = RD_KAFKA_OFFSET_INVALID;
  std::int64_t high = RD_KAFKA_OFFSET_INVALID;
  rd_kafka_get_watermark_offsets(handle_.get(), partition.first.c_str(), partition.second, &low, &high);
  if (high >= 0 && last->second >= high) merge_.reached_end(partition);
  fetched_.erase(last);
}

void RdKafkaConsumer::sort_in(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    Record end;
    end.topic = rd_kafka_topic_name(message.rkt);
    end.partition = message.partition;
    end.offset = message.offset;
    end.end = true;
    merge_.push(std::move(end));
  } else if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    note_message_error(message);
  } else {
    Record record = record_of(message);
    fetched_[{record.topic, record.partition}] = record.offset + 1;
    merge_.push(std::move(record));  // dropped if its partition was just revoked: the new owner reads it
  }
}

std::optional<Record> RdKafkaConsumer::next_record() {
  for (;;) {
    auto record = waiting_ ? std::exchange(waiting_, std::nullopt) : merge_.next(std::chrono::steady_clock::now());
    if (!record) return std::nullopt;
    const auto found = assigned_.find({record->topic, record->partition});
    if (found == assigned_.end()) continue;
    Assigned& partition = found->second;
    if (!is_trusted(*record, partition)) {
      waiting_ = std::move(record);
      return std::nullopt;
    }
    if (record->end && record->offset < partition.next) continue;
    record->passed = record->end && record->offset > partition.next;
    record->cluster = cluster_;
    record->incarnation = partition.incarnation;
    partition.next = record->offset + (record->end ? 0 : 1);
    if (!record->end) add_delivered(partition.delivered, delivered_record(*record));
    return record;
  }
}

bool RdKafkaConsumer::is_trusted(const Record& record, Assigned& partition) {
  // Backwards: librdkafka never does that by itself.
  if (!record.end && record.offset < partition.next) partition.suspect = true;
  if (partition.suspect) verify();
  return !partition.suspect;
}

void RdKafkaConsumer::open_queue(const Partition& partition) {
  RdKafkaQueue queue(rd_kafka_queue_get_partition(handle_.get(), partition.first.c_str(), partition.second));
  if (!queue) throw KafkaError(partition.first + "/" + std::to_string(partition.second) + " has no queue");
  rd_kafka_queue_forward(queue.get(), nullptr);
  rd_kafka_queue_cb_event_enable(
      queue.get(),
      [](rd_kafka_t* /*handle*/, void* wake) { rd_kafka_queue_yield(static_cast<rd_kafka_queue_t*>(wake)); },
      wake_.get());
  queues_[partition] = std::move(queue);
}

void RdKafkaConsumer::close_queue(const Partition& partition) {
  const auto queue = queues_.find(partition);
  if (queue == queues_.end()) return;
  rd_kafka_queue_cb_event_enable(queue->second.get(), nullptr, nullptr);
  queues_.erase(queue);
}

void RdKafkaConsumer::close_queues() {
  while (!queues_.empty()) close_queue(Partition(queues_.begin()->first));
}

void RdKafkaConsumer::pause() { paused_ = true; }

void RdKafkaConsumer::resume() {
  // Nothing has been fetched for a while, so that a topic created anew was not noticed.
  if (std::exchange(paused_, false)) suspect_all();
}

void RdKafkaConsumer::store(const PartitionOffset& next) {
  const auto found = assigned_.find({next.topic, next.partition});
  if (found == assigned_.end() || found->second.incarnation != next.incarnation) return;
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
  for (const auto& [key, partition] : assigned_) {
    std::int64_t low = RD_KAFKA_OFFSET_INVALID;
    std::int64_t high = RD_KAFKA_OFFSET_INVALID;
    rd_kafka_get_watermark_offsets(handle_.get(), key.first.c_str(), key.second, &low, &high);
    if (high < 0) return std::nullopt;
    sum = sum.value_or(0) + std::max<std::int64_t>(0, high - partition.next);
  }
  return sum;
}

void RdKafkaConsumer::close() {
  if (std::exchange(closed_, true)) return;
  close_queues();
  // rd_kafka_consumer_close() waits without a limit when the broker is gone; closing by queue keeps to ours.
  const RdKafkaQueue queue(rd_kafka_queue_new(handle_.get()));
  const RdKafkaError error(rd_kafka_consumer_close_queue(handle_.get(), queue.get()));
  constexpr std::chrono::milliseconds kStep{50};
  for (auto left = options_.close_timeout; !error && !rd_kafka_consumer_closed(handle_.get()) && left.count() > 0;) {
    const RdKafkaMessage ignored(rd_kafka_consume_queue(queue.get(), static_cast<int>(kStep.count())));
    left -= ignored ? std::chrono::milliseconds(0) : kStep;
  }
  wake_.reset();
}

}  // namespace tapewatch::ingest
