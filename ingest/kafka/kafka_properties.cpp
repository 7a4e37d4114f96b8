// Tested by tests/ingest/kafka/rdkafka_consumer_test.cpp
#include "ingest/kafka/kafka_properties.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "config/notation/ascii.hpp"
#include "ingest/kafka/kafka_property_options.hpp"

namespace tapewatch::ingest {
namespace {

[[noreturn]] void refuse(const KafkaOptions& options, const std::string& property, const std::string& why) {
  throw KafkaError("source \"" + options.name + "\": property \"" + property + "\": " + why);
}

// librdkafka's texts quote the value, so the error is worded here.
std::string why_invalid(std::string_view said) {
  const auto from = [said](std::string_view part) {
    const auto at = said.find(part);
    return at == std::string_view::npos ? std::string_view() : said.substr(at + part.size());
  };
  if (auto range = from("outside allowed range "); !range.empty()) {
    range = notation::trimmed(range);
    const auto dots = range.find("..");
    if (dots != std::string_view::npos) {
      return "its value is outside " + std::string(range.substr(0, dots)) + " to " +
             std::string(range.substr(dots + 2));
    }
  }
  if (said.find("not supported in this build") != std::string_view::npos) {
    return "not supported in this build of librdkafka";
  }
  if (said.starts_with("Expected bool value")) return "its value must be true or false";
  return "its value is not accepted";
}

void set(const KafkaOptions& options, const RdKafkaConf& configuration, const std::string& name,
         const std::string& value) {
  if (const auto why = set_property(configuration, name, value)) refuse(options, name, *why);
}

void set_users_properties(const KafkaOptions& options, const RdKafkaConf& configuration) {
  for (const auto& [name, value] : options.properties) {
    if (const auto reason = own_property(name)) refuse(options, name, "is tapewatch's own: " + std::string(*reason));
    set(options, configuration, name, value);
  }
}

}  // namespace

std::optional<std::string> set_property(const RdKafkaConf& configuration, const std::string& name,
                                        const std::string& value) {
  std::array<char, 512> text{};
  switch (rd_kafka_conf_set(configuration.get(), name.c_str(), value.c_str(), text.data(), text.size())) {
    case RD_KAFKA_CONF_OK:
      return std::nullopt;
    case RD_KAFKA_CONF_UNKNOWN:
      return "unknown to librdkafka " + std::string(rd_kafka_version_str());
    case RD_KAFKA_CONF_INVALID:
      break;
  }
  return why_invalid(text.data());
}

RdKafkaConf consumer_configuration(const KafkaOptions& options) {
  RdKafkaConf configuration(rd_kafka_conf_new());
  const std::pair<const char*, std::string> ours[] = {
      {"bootstrap.servers", options.brokers},
      {"group.id", options.group},
      {"client.id", "tapewatch"},
      {"enable.auto.commit", "true"},  // of what was stored, for monitoring; only the database's position counts
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},  // the position follows the end past transaction markers and aborted records
      // Where to read is decided when a partition is assigned; a position that leaves the log later is decided anew,
      // and never by librdkafka, which does not know whether the topic is still the same.
      {"auto.offset.reset", "error"},
      {"statistics.interval.ms", std::to_string(options.statistics_every.count())},
      {"queued.max.messages.kbytes", std::to_string(options.max_prefetch_kib)},
      {"queued.min.messages", "10000"},
      // Below the patience of the merge: a fetch under way for idle partitions delays that of the others.
      {"fetch.wait.max.ms", "100"},
      {"topic.metadata.refresh.interval.ms", "60000"},  // a topic created later is found within a minute
      {"log.queue", "true"},                            // log lines come through poll(), on our thread
      {"log.connection.close", "true"},                 // as an error too: afterwards another cluster may answer
      {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : ours) set(options, configuration, name, value);
  // Newer than 2.0.2, where a partition whose queue was full is looked at once a second.
  set_property(configuration, "fetch.queue.backoff.ms", "50");
  set_users_properties(options, configuration);
  // librdkafka retries a fetch that finds the topic deleted, and then reads on in one created anew: only its log tells.
  const auto debug = options.properties.find("debug");
  const bool none = debug == options.properties.end() || debug->second.empty();
  set(options, configuration, "debug", none ? "topic" : debug->second + ",topic");
  return configuration;
}

RdKafkaConf producer_configuration(const KafkaOptions& options) {
  constexpr std::size_t kHeaderRoom = 16 * 1024 * 1024;  // and the key's; the topic's limit is the broker's
  RdKafkaConf configuration(rd_kafka_conf_new());
  const std::pair<const char*, std::string> ours[] = {
      {"bootstrap.servers", options.brokers},
      {"client.id", "tapewatch"},
      {"message.max.bytes", std::to_string(options.max_dead_letter_bytes + kHeaderRoom)},
      {"message.timeout.ms", "30000"},
      {"linger.ms", "50"},
      {"log.queue", "true"},
      {"log.connection.close", "false"},
      {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : ours) set(options, configuration, name, value);
  set_users_properties(options, configuration);
  set(options, configuration, "batch.num.messages", "1");  // a broker refuses a batch for one of its records
  return configuration;
}

RdKafkaConf output_configuration(const KafkaOutputOptions& options) {
  RdKafkaConf configuration(rd_kafka_conf_new());
  const auto put = [&](const std::string& name, const std::string& value) {
    const auto why = set_property(configuration, name, value);
    if (why) throw KafkaError("output \"" + options.name + "\": property \"" + name + "\": " + *why);
  };
  const std::pair<const char*, std::string> ours[] = {
      {"bootstrap.servers", options.brokers},
      {"client.id", "tapewatch"},
      {"transactional.id", options.id()},
      {"transaction.timeout.ms", std::to_string(options.transaction_timeout.count())},
      {"linger.ms", "5"},
      {"retry.backoff.ms", "5"},  // a transaction that follows another one waits a whole one
      {"compression.type", "zstd"},
      {"partitioner", "murmur2_random"},  // as Java's producer: a key's partition is the one that others choose
      {"log.queue", "true"},
      {"log.connection.close", "false"},
      {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : ours) put(name, value);
  for (const auto& [name, value] : options.properties) put(name, value);
  return configuration;
}

bool is_secret_property(std::string_view name) {
  static constexpr std::string_view kParts[] = {"password", "secret", "pem", "oauthbearer.config", "token"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

SecretFilter::SecretFilter(const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    if (is_secret_property(name) && value.size() >= kShortestHidden) secrets_.push_back(value);
  }
  std::sort(secrets_.begin(), secrets_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string SecretFilter::operator()(std::string_view text) const {
  std::string filtered(text);
  for (const std::string& secret : secrets_) {
    for (std::size_t at = filtered.find(secret); at != std::string::npos; at = filtered.find(secret, at)) {
      filtered.replace(at, secret.size(), "[secret]");
      at += std::string_view("[secret]").size();
    }
  }
  return filtered;
}

}  // namespace tapewatch::ingest
