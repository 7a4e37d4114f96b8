#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/kafka/output_options.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {

// librdkafka's configuration of a consumer or of the dead-letter producer. Throws KafkaError that names the source, the
// property and what is wrong with it: unknown, not accepted, or owned by a key of ours. Never holds a secret's value.
RdKafkaConf consumer_configuration(const KafkaOptions& options);
RdKafkaConf producer_configuration(const KafkaOptions& options);
/// The same of an output's producer; the error names the output.
RdKafkaConf output_configuration(const KafkaOutputOptions& options);

/// Why librdkafka refuses the property, without its value; nullopt when it is set.
std::optional<std::string> set_property(const RdKafkaConf& configuration, const std::string& name,
                                        const std::string& value);

/// Whether a property's value is secret: passwords, keys, tokens.
bool is_secret_property(std::string_view name);

/// A shorter value is not secret, and the gaps left by removing it would reveal it.
inline constexpr std::size_t kShortestHidden = 3;

/// Removes secrets from texts of librdkafka.
class SecretFilter {
 public:
  explicit SecretFilter(const KafkaOptions& options);
  std::string operator()(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first
};

}  // namespace tapewatch::ingest
