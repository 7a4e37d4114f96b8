// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
// librdkafka's error, log and statistics callbacks turned into events. All are served inside poll() and close().
#include <boost/json/parse.hpp>

#include "ingest/kafka/rdkafka_consumer.hpp"

namespace tapewatch::ingest {
namespace {

KafkaEvent::Level level_of(int syslog_level) {
  return syslog_level <= 3   ? KafkaEvent::Level::error
         : syslog_level == 4 ? KafkaEvent::Level::warning
         : syslog_level <= 6 ? KafkaEvent::Level::info
                             : KafkaEvent::Level::debug;
}

// Whether a broker of the cluster is connected, by librdkafka's STATISTICS.md.
bool any_broker_up(std::string_view text) {
  boost::system::error_code error;
  const boost::json::value statistics = boost::json::parse(text, error);
  const boost::json::value* brokers = error ? nullptr : statistics.find_pointer("/brokers", error);
  if (brokers == nullptr || !brokers->is_object()) return false;
  for (const auto& [name, broker] : brokers->get_object()) {
    boost::system::error_code absent;
    const boost::json::value* state = broker.find_pointer("/state", absent);
    if (state != nullptr && state->is_string() && state->get_string() == "UP") return true;
  }
  return false;
}

}  // namespace

void RdKafkaConsumer::on_error(rd_kafka_t* /*handle*/, int code, const char* reason, void* self) {
  static_cast<RdKafkaConsumer*>(self)->note_error(static_cast<rd_kafka_resp_err_t>(code), reason);
}

void RdKafkaConsumer::note_error(rd_kafka_resp_err_t code, const std::string& reason) {
  const std::string name = rd_kafka_err2name(code);
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      // One broker of several; if it was the last one, _ALL_BROKERS_DOWN follows and reports this reason.
      last_reason_ = reason;
      add_event({KafkaEvent::Kind::log, KafkaEvent::Level::debug, name, reason, {}});
      return;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      unreachable_ = true;
      add_event({KafkaEvent::Kind::unreachable,
                 KafkaEvent::Level::error,
                 name,
                 "no broker of " + options_.brokers + " can be reached" +
                     (last_reason_.empty() ? std::string() : ": " + last_reason_),
                 {}});
      return;
    default:
      add_event({KafkaEvent::Kind::error, KafkaEvent::Level::error, name, reason, {}});
  }
}

void RdKafkaConsumer::note_reachable() {
  if (std::exchange(unreachable_, false)) {
    add_event({KafkaEvent::Kind::reachable, KafkaEvent::Level::info, "", "a broker answers again", {}});
  }
}

void RdKafkaConsumer::on_log(const rd_kafka_t* handle, int level, const char* facility, const char* line) {
  auto* self = static_cast<RdKafkaConsumer*>(rd_kafka_opaque(handle));
  // Failed connections are reported as errors too, in the same words; log lines would only repeat them.
  const std::string_view about(facility);
  const bool repeats = about == "FAIL" || about == "ERROR";
  self->add_event({KafkaEvent::Kind::log, repeats ? KafkaEvent::Level::debug : level_of(level), facility, line, {}});
}

int RdKafkaConsumer::on_statistics(rd_kafka_t* /*handle*/, char* json, size_t length, void* self) {
  auto* consumer = static_cast<RdKafkaConsumer*>(self);
  if (consumer->unreachable_ && any_broker_up({json, length})) consumer->note_reachable();
  return 0;  // librdkafka frees the text
}

}  // namespace tapewatch::ingest
