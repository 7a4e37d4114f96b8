#include "ingest/kafka/rdkafka_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>

#include "ingest/kafka/kafka_consumer.hpp"

namespace tapewatch::ingest {
namespace {

using OutputKind = OutputResult::Kind;
using OutputClock = std::chrono::steady_clock;
using GroupMetadata =
    std::unique_ptr<rd_kafka_consumer_group_metadata_t, RdKafkaDeleter<rd_kafka_consumer_group_metadata_destroy>>;

constexpr std::string_view kMetadataWord = "tapewatch-1";  // and the version of what follows
constexpr std::int32_t kPositionPartition = 0;
constexpr int kBetweenTriesMs = 50;

void ignore_output_log(const rd_kafka_t* /*handle*/, int /*level*/, const char* /*facility*/, const char* /*line*/) {
  // What matters is in the result of each call, and in on_error().
}

// librdkafka takes pointers that are not const, but only copies what they point to.
void* copied_bytes(const std::string& bytes) { return const_cast<char*>(bytes.data()); }  // NOLINT

rd_kafka_headers_t* output_headers(const OutputRecord& record) {
  rd_kafka_headers_t* list = rd_kafka_headers_new(2);
  const std::string event = std::to_string(record.event);
  rd_kafka_header_add(list, "tapewatch-event", -1, event.data(), static_cast<ssize_t>(event.size()));
  rd_kafka_header_add(list, "tapewatch-type", -1, record.type.data(), static_cast<ssize_t>(record.type.size()));
  return list;
}

/// Takes what comes up to the next blank off the front.
std::string_view metadata_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

}  // namespace

std::string CommittedEvent::metadata() const { return fmt::format("{} {} {}", kMetadataWord, written_at, by); }

std::optional<CommittedEvent> CommittedEvent::parse(std::int64_t offset, std::string_view metadata) {
  CommittedEvent found;
  found.event = offset;
  if (metadata_word(metadata) != kMetadataWord) return std::nullopt;
  const std::string_view time = metadata_word(metadata);
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), found.written_at);
  if (error != std::errc() || end != time.data() + time.size() || metadata.empty()) return std::nullopt;
  found.by = metadata;
  return found;
}

RdKafkaOutput::RdKafkaOutput(KafkaOutputOptions options, StopAsked stop)
    : options_(std::move(options)), stop_(std::move(stop)), without_secrets_(client_options(options_)) {
  RdKafkaConf configuration = output_configuration(options_);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), &RdKafkaOutput::on_receipt);
  rd_kafka_conf_set_error_cb(configuration.get(), &RdKafkaOutput::on_error);
  rd_kafka_conf_set_log_cb(configuration.get(), &ignore_output_log);
  std::array<char, 512> text{};
  handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, configuration.get(), text.data(), text.size()));
  if (!handle_) throw KafkaError("output \"" + options_.name + "\": " + without_secrets_(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  rd_kafka_set_log_queue(handle_.get(), nullptr);
}

RdKafkaOutput::~RdKafkaOutput() {
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  destroy_client(handle_.release(), kDestroyPatience);
}

void RdKafkaOutput::on_receipt(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* self) {
  auto* output = static_cast<RdKafkaOutput*>(self);
  --output->in_flight_;
  if (output->refused_ == RD_KAFKA_RESP_ERR_NO_ERROR) output->refused_ = message->err;
}

void RdKafkaOutput::on_error(rd_kafka_t* /*handle*/, int code, const char* reason, void* self) {
  // "all brokers are down" follows the reason, and says less.
  if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) static_cast<RdKafkaOutput*>(self)->heard_ = reason;
}

std::string RdKafkaOutput::words(const char* text) const {
  const std::string said = text != nullptr ? text : "";
  return without_secrets_(
      heard_.empty() || said.find(heard_) != std::string::npos ? said : fmt::format("{} ({})", said, heard_));
}

void RdKafkaOutput::idle() { rd_kafka_poll(handle_.get(), 0); }

/// The same call until it is done, or fails for good: what timed out goes on where it was. Once the brokers have given
/// up the transaction, another client asks them what became of it.
template <class Call>
RdKafkaError RdKafkaOutput::repeat(const Call& call) {
  auto give_up = OutputClock::now() + options_.transaction_timeout;
  bool stopping = false;
  while (true) {
    RdKafkaError error(call());
    if (!error || rd_kafka_error_is_fatal(error.get()) != 0 || rd_kafka_error_is_retriable(error.get()) == 0) {
      return error;
    }
    const auto now = OutputClock::now();
    if (!stopping && stop_()) {
      stopping = true;
      give_up = std::min(give_up, now + options_.stop_patience);
    }
    if (now >= give_up) return error;
    rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  }
}

OutputResult RdKafkaOutput::open() {
  heard_.clear();
  const auto patient_until = OutputClock::now() + options_.open_patience;
  while (true) {
    OutputResult result = try_open();
    if (result.kind != OutputKind::again || stop_() || OutputClock::now() >= patient_until) return result;
    rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  }
}

OutputResult RdKafkaOutput::try_open() {
  if (initialised_) return find_topics();
  const RdKafkaError error(rd_kafka_init_transactions(handle_.get(), step()));
  rd_kafka_poll(handle_.get(), 0);
  initialised_ = !error;
  if (!error) return find_topics();
  const bool again = rd_kafka_error_is_fatal(error.get()) == 0 && rd_kafka_error_is_retriable(error.get()) != 0;
  return {again ? OutputKind::again : OutputKind::lost, words(rd_kafka_error_string(error.get()))};
}

/// Before the first transaction: what is asked for within one takes up to a second.
OutputResult RdKafkaOutput::find_topics() {
  for (const std::string& name : options_.topics()) {
    const RdKafkaTopic topic(rd_kafka_topic_new(handle_.get(), name.c_str(), nullptr));
    if (!topic) return {OutputKind::lost, words(rd_kafka_err2str(rd_kafka_last_error()))};
    const struct rd_kafka_metadata* answer = nullptr;
    auto error = rd_kafka_metadata(handle_.get(), 0, topic.get(), &answer, step());
    const RdKafkaMetadata metadata(answer);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1) error = metadata->topics[0].err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return {OutputKind::again, fmt::format("topic {}: {}", name, words(rd_kafka_err2str(error)))};
  }
  return {};
}

OutputResult RdKafkaOutput::committed(std::optional<CommittedEvent>& found) {
  found.reset();
  RdKafkaConf configuration = consumer_configuration(client_options(options_));
  set_property(configuration, "enable.auto.commit", "false");
  set_property(configuration, "statistics.interval.ms", "0");
  set_property(configuration, "log_level", "0");
  set_property(configuration, "isolation.level", "read_committed");  // what is being committed is waited for
  std::array<char, 512> text{};
  rd_kafka_t* reader = rd_kafka_new(RD_KAFKA_CONSUMER, configuration.get(), text.data(), text.size());
  if (reader == nullptr) throw KafkaError("output \"" + options_.name + "\": " + without_secrets_(text.data()));
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  const RdKafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), options_.topics().front().c_str(), kPositionPartition);
  const auto patient_until = OutputClock::now() + options_.open_patience;
  auto error = RD_KAFKA_RESP_ERR__TIMED_OUT;
  while (error == RD_KAFKA_RESP_ERR__TIMED_OUT && !stop_() && OutputClock::now() < patient_until) {
    error = rd_kafka_committed(reader, list.get(), step());
  }
  destroy_client(reader, kDestroyPatience);
  const rd_kafka_topic_partition_t& entry = list->elems[0];
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = entry.err;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {OutputKind::again,
            fmt::format("the position in group {}: {}", options_.id(), words(rd_kafka_err2str(error)))};
  }
  if (entry.offset < 0) return {};
  found = CommittedEvent::parse(entry.offset, {static_cast<const char*>(entry.metadata), entry.metadata_size});
  if (found) return {};
  throw KafkaError(fmt::format(
      "output \"{}\": group {} holds offsets of another program for topic {}: name another transactional_id",
      options_.name, options_.id(), options_.topics().front()));
}

rd_kafka_resp_err_t RdKafkaOutput::send(const OutputRecord& record) {
  while (true) {
    rd_kafka_headers_t* const headers = output_headers(record);
    const auto error = rd_kafka_producev(
        handle_.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(copied_bytes(record.value), record.value.size()),
        RD_KAFKA_V_KEY(copied_bytes(record.key), record.key.size()), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++in_flight_;
      return error;
    }
    rd_kafka_headers_destroy(headers);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || stop_()) return error;
    rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  }
}

/// Until the brokers have them all; the first error of one of them, _TIMED_OUT for a stop.
rd_kafka_resp_err_t RdKafkaOutput::send_all(const std::vector<OutputRecord>& records) {
  refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (const OutputRecord& record : records) {
    const auto error = send(record);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
    rd_kafka_poll(handle_.get(), 0);
    if (refused_ != RD_KAFKA_RESP_ERR_NO_ERROR) return refused_;
  }
  while (in_flight_ > 0 && refused_ == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (stop_()) return RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  }
  return refused_;
}

OutputResult RdKafkaOutput::publish(const std::vector<OutputRecord>& records, const CommittedEvent& last) {
  heard_.clear();
  if (const RdKafkaError error(rd_kafka_begin_transaction(handle_.get())); error) return failed(error.get());
  const auto refused = send_all(records);
  if (refused == RD_KAFKA_RESP_ERR_NO_ERROR) return end_with(last);
  const bool size = refused == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
  return abort(size ? OutputKind::too_large : OutputKind::aborted, words(rd_kafka_err2str(refused)));
}

OutputResult RdKafkaOutput::end_with(const CommittedEvent& last) {
  const RdKafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* entry =
      rd_kafka_topic_partition_list_add(list.get(), options_.topics().front().c_str(), kPositionPartition);
  entry->offset = last.event;
  const std::string metadata = last.metadata();
  entry->metadata = ::strdup(metadata.c_str());  // freed with the list
  entry->metadata_size = metadata.size();
  const GroupMetadata group(rd_kafka_consumer_group_metadata_new(options_.id().c_str()));
  RdKafkaError error =
      repeat([&] { return rd_kafka_send_offsets_to_transaction(handle_.get(), list.get(), group.get(), step()); });
  if (!error) error = repeat([&] { return rd_kafka_commit_transaction(handle_.get(), step()); });
  return error ? failed(error.get()) : OutputResult{};
}

/// What an error of a call within a transaction means, after the transaction is aborted where it must be.
OutputResult RdKafkaOutput::failed(rd_kafka_error_t* error) {
  const std::string why = words(rd_kafka_error_string(error));
  if (rd_kafka_error_is_fatal(error) == 0 && rd_kafka_error_txn_requires_abort(error) != 0) {
    return abort(rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ? OutputKind::too_large
                                                                                    : OutputKind::aborted,
                 why);
  }
  // Fenced, fatal, a stop in the middle, or out of order: the brokers know what became of the transaction.
  return {OutputKind::lost, why};
}

OutputResult RdKafkaOutput::abort(OutputKind kind, const std::string& why) {
  const RdKafkaError error = repeat([&] { return rd_kafka_abort_transaction(handle_.get(), step()); });
  if (error) return {OutputKind::lost, why};
  const auto patient_until = OutputClock::now() + options_.stop_patience;
  while (in_flight_ > 0) {  // what became of the purged ones is still to come
    if (OutputClock::now() >= patient_until) return {OutputKind::lost, why};
    rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  }
  return {kind, why};
}

}  // namespace tapewatch::ingest
