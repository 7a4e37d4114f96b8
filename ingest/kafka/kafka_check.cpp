#include "ingest/kafka/kafka_check.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "config/notation/mutex.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/kafka_property_options.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {
namespace {

// OpenSSL's messages about a file go to librdkafka's log; the error has only the last code.
struct CreationLog {
  Mutex mutex;
  std::string reason GUARDED_BY(mutex);  // "No such file or directory"
};

void keep_first_reason(const rd_kafka_t* handle, int /*level*/, const char* facility, const char* line) {
  if (std::string_view(facility) != "SSL") return;
  auto* log = static_cast<CreationLog*>(rd_kafka_opaque(handle));
  const MutexLock lock(log->mutex);
  if (!log->reason.empty()) return;
  // error:80000002:system library::No such file or directory: calling fopen(…)
  const std::string_view text(line);
  const auto start = text.find("::");
  if (start == std::string_view::npos) return;
  const std::string_view reason = text.substr(start + 2);
  log->reason = reason.substr(0, reason.find(':'));
}

bool is_word(char c) { return notation::is_ascii_alphanumeric(c) || c == '_'; }

// A dot or a dash belongs to a word only inside it: "ssl.ca.location", but not the full stop after it.
bool goes_on_before(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  const char before = text[at - 1];
  return is_word(before) || ((before == '.' || before == '-') && at > 1 && is_word(text[at - 2]));
}

bool goes_on_after(std::string_view text, std::size_t end) {
  if (end == text.size()) return false;
  const char after = text[end];
  return is_word(after) || ((after == '.' || after == '-') && end + 1 < text.size() && is_word(text[end + 1]));
}

// The position of `word` as a whole word in `text`.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0) {
  for (auto at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if (!goes_on_before(text, at) && !goes_on_after(text, at + word.size())) return at;
  }
  return std::string_view::npos;
}

// librdkafka quotes paths, names and passwords alike, so no value may get out.
std::string without_values(const KafkaOptions& options, std::string_view said) {
  std::string text = SecretFilter(options)(said);
  std::vector<std::string_view> values;
  for (const auto& [name, value] : options.properties) {
    const bool one_of_few = name == "security.protocol";  // librdkafka accepted it, so it is not secret
    if (value.size() >= kShortestHidden && !one_of_few) values.push_back(value);
  }
  std::sort(values.begin(), values.end(), [](auto a, auto b) { return a.size() > b.size(); });
  constexpr std::string_view kShown = "[value]";
  for (const std::string_view value : values) {
    for (auto at = find_word(text, value); at != std::string::npos; at = find_word(text, value, at + kShown.size())) {
      text.replace(at, value.size(), kShown);
    }
  }
  return text;
}

// The configured property that the text names first, else the property whose value it quotes.
std::string property_at_fault(const KafkaOptions& options, std::string_view text) {
  std::string found;
  std::size_t first = std::string_view::npos;
  for (const auto& [name, value] : options.properties) {
    const auto at = find_word(text, name);
    if (at < first) {
      first = at;
      found = name;
    }
  }
  if (!found.empty()) return found;
  for (const auto& [name, value] : options.properties) {
    if (value.size() >= kShortestHidden && find_word(text, value) != std::string_view::npos) return name;
  }
  return {};
}

KafkaConfigurationError error_of(const KafkaOptions& options, std::string_view text, const std::string& reason) {
  std::string message = without_values(options, text);
  if (!reason.empty()) message += " (" + without_values(options, reason) + ")";
  std::string property = property_at_fault(options, text);
  if (property.empty()) return {"properties", "librdkafka cannot open it: " + message};
  return {"properties." + property, "the property '" + property + "': " + message};
}

// The client is created only to check its configuration, but librdkafka runs kinit at once. The command is still
// validated, so that missing parts are found.
void keep_kinit_from_running(const RdKafkaConf& configuration) {
  constexpr const char* kProperty = "sasl.kerberos.kinit.cmd";
  std::size_t size = 0;
  if (rd_kafka_conf_get(configuration.get(), kProperty, nullptr, &size) != RD_KAFKA_CONF_OK) return;
  std::string command(size, '\0');
  rd_kafka_conf_get(configuration.get(), kProperty, command.data(), &size);
  command.resize(command.find('\0'));
  set_property(configuration, kProperty, "exit 0; " + command);
}

std::optional<KafkaConfigurationError> subscription_error(const KafkaOptions& options, const RdKafkaHandle& consumer) {
  const std::set<std::string> names(options.topics.begin(), options.topics.end());  // twice: the configuration says so
  const RdKafkaPartitions topics(rd_kafka_topic_partition_list_new(static_cast<int>(names.size())));
  for (const std::string& topic : names) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(consumer.get(), topics.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const std::string why =
      error == RD_KAFKA_RESP_ERR__INVALID_ARG ? "a pattern (^…) is not a regular expression" : rd_kafka_err2str(error);
  return KafkaConfigurationError{"topics", "librdkafka does not accept these topics: " + why};
}

std::optional<KafkaConfigurationError> creation_error(const KafkaOptions& options, rd_kafka_type_t type,
                                                      RdKafkaConf configuration) {
  CreationLog log;
  set_property(configuration, "log.queue", "false");
  keep_kinit_from_running(configuration);
  rd_kafka_conf_set_opaque(configuration.get(), &log);
  rd_kafka_conf_set_log_cb(configuration.get(), &keep_first_reason);
  std::array<char, 512> text{};
  RdKafkaHandle handle(rd_kafka_new(type, configuration.get(), text.data(), text.size()));
  if (!handle) {
    const MutexLock lock(log.mutex);
    return error_of(options, text.data(), log.reason);
  }
  static_cast<void>(configuration.release());  // rd_kafka_new owns it now
  auto error = type == RD_KAFKA_CONSUMER ? subscription_error(options, handle) : std::nullopt;
  // Without brokers there is no group to leave.
  rd_kafka_destroy_flags(handle.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  return error;
}

std::optional<KafkaConfigurationError> client_error(const KafkaOptions& options, rd_kafka_type_t type) {
  KafkaOptions without_brokers = options;
  without_brokers.brokers.clear();
  return creation_error(
      options, type,
      type == RD_KAFKA_CONSUMER ? consumer_configuration(without_brokers) : producer_configuration(without_brokers));
}

using OwnProperty = std::optional<std::string_view> (*)(std::string_view);

/// Whether every property can be set; what cannot is added to the errors. The configuration has refused our own ones.
bool all_set(const std::map<std::string, std::string>& properties, OwnProperty is_own,
             std::vector<KafkaConfigurationError>& errors) {
  const RdKafkaConf scratch(rd_kafka_conf_new());
  bool all = true;
  for (const auto& [name, value] : properties) {
    const bool own = is_own(name).has_value();
    const auto why = own ? std::nullopt : set_property(scratch, name, value);
    if (why) errors.push_back({"properties." + name, "the property '" + name + "': " + *why});
    all = all && !own && !why;
  }
  return all;
}

}  // namespace

std::vector<KafkaConfigurationError> check_kafka(const KafkaOptions& options) {
  std::vector<KafkaConfigurationError> errors;
  if (!all_set(options.properties, own_property, errors)) return errors;
  for (const rd_kafka_type_t type : {RD_KAFKA_CONSUMER, RD_KAFKA_PRODUCER}) {
    if (type == RD_KAFKA_PRODUCER && options.dead_letter_topic.empty()) continue;
    auto error = client_error(options, type);
    if (error && (errors.empty() || errors.back().message != error->message)) errors.push_back(std::move(*error));
  }
  return errors;
}

std::vector<KafkaConfigurationError> check_kafka_output(const KafkaOutputOptions& options) {
  std::vector<KafkaConfigurationError> errors;
  if (!all_set(options.properties, own_output_property, errors)) return errors;
  KafkaOutputOptions without_brokers = options;
  without_brokers.brokers.clear();
  if (auto error = creation_error(client_options(options), RD_KAFKA_PRODUCER, output_configuration(without_brokers))) {
    errors.push_back(std::move(*error));
  }
  return errors;
}

int librdkafka_version() { return rd_kafka_version(); }

std::optional<KafkaConfigurationError> kafka_warning(const KafkaOptions& options, int version) {
  constexpr int kMended = 0x020601'00;
  if (version >= kMended) return std::nullopt;
  for (const char* name : {"sasl.mechanisms", "sasl.mechanism"}) {
    const auto mechanism = options.properties.find(name);
    if (mechanism == options.properties.end() || !notation::ascii_lower(mechanism->second).starts_with("scram-")) {
      continue;
    }
    const std::string text = std::to_string(version >> 24) + "." + std::to_string(version >> 16 & 0xff) + "." +
                             std::to_string(version >> 8 & 0xff);
    return KafkaConfigurationError{
        "properties." + std::string(name),
        "the property '" + std::string(name) + "': librdkafka " + text +
            " cannot log in to Kafka 4 by SCRAM: the broker says \"invalid credentials\" whatever the password (Kafka "
            "3 "
            "does not). Mended in librdkafka 2.6.1: a newer librdkafka.so.1 on this machine is used as it is"};
  }
  return std::nullopt;
}

}  // namespace tapewatch::ingest
