// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
// librdkafka's error, log and statistics callbacks turned into events. All are served inside poll() and close().
#include <boost/json/parse.hpp>

#include "ingest/kafka/rdkafka_consumer.hpp"

namespace tapewatch::ingest {
namespace {

constexpr int kDebugLevel = 7;  // of syslog

KafkaEvent::Level level_of(int syslog_level) {
  return syslog_level <= 3   ? KafkaEvent::Level::error
         : syslog_level == 4 ? KafkaEvent::Level::warning
         : syslog_level <= 6 ? KafkaEvent::Level::info
                             : KafkaEvent::Level::debug;
}

// What librdkafka's statistics tell of the brokers (its STATISTICS.md).
struct Answers {
  bool recent = false;  // a broker has sent something within the patience
  std::string silent;   // the brokers that owe an answer for longer: "127.0.0.1:9092/1 (7 s)"
};

const boost::json::value* find(const boost::json::value& value, std::string_view pointer) {
  boost::system::error_code absent;
  return value.find_pointer(pointer, absent);
}

std::string_view text_at(const boost::json::value& value, std::string_view pointer) {
  const auto* found = find(value, pointer);
  return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : std::string_view();
}

std::int64_t number_at(const boost::json::value& value, std::string_view pointer) {
  const auto* found = find(value, pointer);
  return found != nullptr && found->is_int64() ? found->get_int64() : -1;
}

Answers answers_in(std::string_view text, std::chrono::microseconds patience) {
  Answers answers;
  boost::system::error_code error;
  const boost::json::value statistics = boost::json::parse(text, error);
  const auto* brokers = error ? nullptr : find(statistics, "/brokers");
  if (brokers == nullptr || !brokers->is_object()) return answers;
  // While the group's members gather, its coordinator answers a join only when all have come.
  const bool joining = text_at(statistics, "/cgrp/join_state") != "steady";
  for (const auto& [name, broker] : brokers->get_object()) {
    const std::chrono::microseconds since(number_at(broker, "/rxidle"));
    if (text_at(broker, "/state") != "UP" || since.count() < 0) continue;
    if (since < patience) {
      answers.recent = true;
    } else if (number_at(broker, "/waitresp_cnt") > 0 && !(joining && text_at(broker, "/source") == "logical")) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
      answers.silent += (answers.silent.empty() ? "" : ", ") + std::string(text_at(broker, "/name")) +
                        " has not answered for " + std::to_string(seconds.count()) + " s";
    }
  }
  return answers;
}

}  // namespace

void RdKafkaConsumer::on_error(rd_kafka_t* /*handle*/, int code, const char* reason, void* self) {
  static_cast<RdKafkaConsumer*>(self)->note_error(static_cast<rd_kafka_resp_err_t>(code), reason);
}

void RdKafkaConsumer::note_message_error(const rd_kafka_message_t& message) {
  const std::string reason = rd_kafka_message_errstr(&message);
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && message.rkt != nullptr) {
    // Records were deleted, or the topic was created anew: opening again decides it from what is stored.
    throw KafkaError(std::string(rd_kafka_topic_name(message.rkt)) + "/" + std::to_string(message.partition) +
                     " does not hold the offset to be read: " + reason);
  }
  note_error(message.err, reason);
}

void RdKafkaConsumer::note_error(rd_kafka_resp_err_t code, const std::string& reason) {
  const std::string name = rd_kafka_err2name(code);
  suspect_all();
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      // One broker of several; if it was the last one, _ALL_BROKERS_DOWN follows and reports this reason.
      last_reason_ = reason;
      add_event({KafkaEvent::Kind::log, KafkaEvent::Level::debug, name, reason, {}});
      return;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      note_unreachable(name, last_reason_);
      return;
    default:
      add_event({KafkaEvent::Kind::error, KafkaEvent::Level::error, name, reason, {}});
  }
}

void RdKafkaConsumer::note_unreachable(const std::string& code, const std::string& reason) {
  unreachable_ = true;
  add_event({KafkaEvent::Kind::unreachable,
             KafkaEvent::Level::error,
             code,
             "no broker of " + options_.brokers + " can be reached" + (reason.empty() ? "" : ": " + reason),
             {}});
}

void RdKafkaConsumer::note_reachable() {
  if (std::exchange(unreachable_, false)) {
    add_event({KafkaEvent::Kind::reachable, KafkaEvent::Level::info, "", "a broker answers again", {}});
  }
}

void RdKafkaConsumer::on_log(const rd_kafka_t* handle, int level, const char* facility, const char* line) {
  auto* self = static_cast<RdKafkaConsumer*>(rd_kafka_opaque(handle));
  const std::string_view about(facility);
  // A fetch finds a partition gone: afterwards another topic may stand in its place.
  if (about == "BROKERUA") self->suspect_all();
  // Another cluster answers. A client that has lost its partitions to that does not always ask for them again
  // (librdkafka 2.0.2), so another client takes its place; it finds the other cluster's positions.
  if (about == "CLUSTERID" && !self->cluster_.empty()) {
    self->failure_ =
        "the brokers belong to another cluster than " + self->cluster_ + ": its positions stay as they are";
  }
  if (level >= kDebugLevel && !self->options_.properties.contains("debug")) return;  // only for what is seen above
  // Failed connections are reported as errors too, in the same words; log lines would only repeat them.
  const bool repeats = about == "FAIL" || about == "ERROR";
  self->add_event({KafkaEvent::Kind::log, repeats ? KafkaEvent::Level::debug : level_of(level), facility, line, {}});
}

int RdKafkaConsumer::on_statistics(rd_kafka_t* /*handle*/, char* json, size_t length, void* self) {
  static_cast<RdKafkaConsumer*>(self)->note_answers({json, length});
  return 0;  // librdkafka frees the text
}

// A broker that is frozen keeps its connection, and librdkafka waits a minute for an answer. A fetch that finds nothing
// is answered after fetch.wait.max.ms, so silence is noticed here.
void RdKafkaConsumer::note_answers(std::string_view statistics) {
  constexpr std::chrono::milliseconds kPatience{4'000};
  const Answers answers = answers_in(statistics, kPatience + longest_fetch_);
  if (answers.recent) {
    note_reachable();
  } else if (!answers.silent.empty()) {
    note_unreachable("", answers.silent);
  }
}

}  // namespace tapewatch::ingest
