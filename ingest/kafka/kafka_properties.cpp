#include "ingest/kafka/kafka_properties.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tapewatch::ingest {
namespace {

// Properties that a key of ours sets, or that the guarantees rest on; and what to say instead.
constexpr std::pair<std::string_view, std::string_view> kOwned[] = {
    {"bootstrap.servers", "use `brokers`"},
    {"metadata.broker.list", "use `brokers`"},
    {"group.id", "use `group`"},
    {"enable.auto.commit", "offsets are stored after the commit in the database"},
    {"auto.commit.enable", "offsets are stored after the commit in the database"},
    {"enable.auto.offset.store", "offsets are stored after the commit in the database"},
    {"enable.partition.eof", "it is of no use here"},
    {"log.queue", "it is of no use here"},
    {"statistics.interval.ms", "the daemon's own metrics need it"}};

[[noreturn]] void refuse(const KafkaOptions& options, const std::string& property, const std::string& why) {
  throw KafkaError("source \"" + options.name + "\": property \"" + property + "\": " + why);
}

// Why librdkafka does not take the property; nullopt when it did.
std::optional<std::string> try_set(const RdKafkaConf& configuration, const std::string& name,
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
  // librdkafka's text quotes the value.
  return is_secret_property(name) ? "its value is not accepted" : std::string(text.data());
}

std::optional<std::string> try_set_users(const RdKafkaConf& configuration, const std::string& name,
                                         const std::string& value) {
  for (const auto& [owned, instead] : kOwned) {
    if (name == owned) {
      return "cannot be set: " + std::string(instead);
    }
  }
  return try_set(configuration, name, value);
}

void set(const KafkaOptions& options, const RdKafkaConf& configuration, const std::string& name,
         const std::string& value) {
  if (const auto why = try_set(configuration, name, value)) {
    refuse(options, name, *why);
  }
}

void set_users_properties(const KafkaOptions& options, const RdKafkaConf& configuration) {
  for (const auto& [name, value] : options.properties) {
    if (const auto why = try_set_users(configuration, name, value)) {
      refuse(options, name, *why);
    }
  }
}

}  // namespace

std::vector<KafkaPropertyError> kafka_property_errors(const KafkaOptions& options) {
  const RdKafkaConf configuration(rd_kafka_conf_new());
  std::vector<KafkaPropertyError> errors;
  for (const auto& [name, value] : options.properties) {
    if (auto why = try_set_users(configuration, name, value)) {
      errors.push_back({name, std::move(*why)});
    }
  }
  return errors;
}

RdKafkaConf consumer_configuration(const KafkaOptions& options) {
  RdKafkaConf configuration(rd_kafka_conf_new());
  const std::pair<const char*, std::string> ours[] = {
      {"bootstrap.servers", options.brokers},
      {"group.id", options.group},
      {"client.id", "tapewatch"},
      {"enable.auto.commit", "true"},  // of what was stored, for others to see; the database's position is what counts
      {"enable.auto.offset.store", "false"},
      // For positions that the log does not hold; where to start is decided before the partition is assigned.
      // `earliest` because "nothing that the broker still holds is lost".
      {"auto.offset.reset", "earliest"},
      {"statistics.interval.ms", std::to_string(options.statistics_every.count())},
      {"queued.max.messages.kbytes", std::to_string(options.max_prefetch_kib)},
      {"queued.min.messages", "10000"},
      {"topic.metadata.refresh.interval.ms", "60000"},  // a topic that is made later is found within a minute
      {"log.queue", "true"},                            // log lines come through poll(), on our thread
      {"log.connection.close", "false"},
      {"socket.keepalive.enable", "true"}};
  for (const auto& [name, value] : ours) {
    set(options, configuration, name, value);
  }
  set_users_properties(options, configuration);
  return configuration;
}

RdKafkaConf producer_configuration(const KafkaOptions& options) {
  constexpr std::size_t kHeaderRoom = 16 * 1024;
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
  for (const auto& [name, value] : ours) {
    set(options, configuration, name, value);
  }
  set_users_properties(options, configuration);
  return configuration;
}

bool is_secret_property(std::string_view name) {
  static constexpr std::string_view kParts[] = {"password", "secret", "pem", "oauthbearer.config", "token"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

SecretFilter::SecretFilter(const KafkaOptions& options) {
  for (const auto& [name, value] : options.properties) {
    if (is_secret_property(name) && !value.empty()) {
      secrets_.push_back(value);
    }
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
