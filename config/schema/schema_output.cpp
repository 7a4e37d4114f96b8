// Tested by tests/config/schema/schema_output_test.cpp
#include <algorithm>

#include "config/notation/ascii.hpp"
#include "config/schema/schema.hpp"
#include "ingest/kafka/kafka_property_options.hpp"

namespace tapewatch::config {
namespace {

using namespace std::chrono_literals;
using ingest::KafkaOutputOptions;
using ingest::OutputStart;

void check_output_property(Reader& reader, const Position& at, const std::string& name, const Text&) {
  if (const auto reason = ingest::own_output_property(name)) {
    reader.error(at, fmt::format("the property '{}' is tapewatch's own: {}", name, *reason));
  }
}

/// Kafka's own rule.
void check_topic(Reader& reader, const Place& place, const Text& text) {
  const std::string& name = text.value;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return notation::is_ascii_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
  if (!plain || name.empty() || name.size() > 249 || name == "." || name == "..") {
    reader.error(place, "a topic has 1 to 249 letters, digits, '.', '_' or '-'");
  }
}

void read_output_start(Reader& reader, const Place& place, KafkaOutputOptions& into) {
  const auto text = reader.text(place);
  if (!text) return;
  one_of({"now", "beginning"})(reader, place, *text);
  into.from = text->value == "beginning" ? OutputStart::beginning : OutputStart::now;
}

const Keys<KafkaOutputOptions>& kafka_output_keys() {
  using O = KafkaOutputOptions;
  static const Keys<O> keys = {
      text_key<O>("name", &O::name, "What the output is called, in metrics and in the log.", plain_name()),
      text_key<O>("brokers", &O::brokers, "host:port, several with commas.", not_empty()),
      text_key<O>("documents", &O::documents, "The topic of scored documents, corrections and removals.", check_topic),
      text_key<O>("alerts", &O::alerts, "The topic of alert transitions; may be the same.", check_topic),
      {"from",
       "text",
       "Where an output begins: now, or beginning (of the events kept).",
       read_output_start,
       {},
       same_target<O>(&O::from)},
      whole_key<O>("batch", &O::batch, "Events of one transaction at most.", 1, 10'000),
      duration_key<O>("linger", &O::linger, "How long an event waits for others of its transaction.", 0s, 1min),
      whole_key<O>("max_backlog", &O::max_backlog, "Events kept while the brokers are away; older ones are lost.",
                   1'000, 100'000'000),
      text_key<O>("transactional_id", &O::transactional_id,
                  "Of its transactions, and the group of its position; one database each.", not_empty()),
      text_map_key<O>("properties", &O::properties, "Anything librdkafka takes.", check_output_property),
      {"properties_file", "text", "The same as lines `key=value`; for secrets.",
       [](Reader& reader, const Place& place, O& into) {
         read_properties_file(reader, place, check_output_property, into.properties);
       }},
  };
  return keys;
}

void finish_output(Reader& reader, const Place& place, KafkaOutputOptions& output, bool) {
  require(reader, place, "name", !output.name.empty());
  require(reader, place, "brokers", !output.brokers.empty());
  if (output.documents.empty() && output.alerts.empty()) {
    reader.error(place, "needs the topic 'documents', 'alerts', or both");
  }
}

}  // namespace

const Keys<Config>& output_keys() {
  static const Keys<Config> keys = {
      tables_key<Config, decltype(&Config::outputs), KafkaOutputOptions>("kafka", &Config::outputs, kafka_output_keys,
                                                                         finish_output),
  };
  return keys;
}

}  // namespace tapewatch::config
