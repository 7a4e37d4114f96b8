#include "ingest/kafka/kafka_probe.hpp"

#include <regex.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ingest/kafka/kafka_consumer.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {
namespace {

using ProbeTime = std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr ProbeTime kLook{1'000};           // one request for metadata
constexpr ProbeTime kSecondAddress{2'000};  // after all brokers were down: localhost is first tried by IPv6

/// What librdkafka says about its connections while it is polled, the telling words first.
struct ProbeErrors {
  std::string reason;
  int weight = 0;
  bool refused = false;               // by password or certificate: trying again changes nothing
  std::optional<SteadyTime> down_at;  // all brokers were down

  static int weight_of(int code) {
    switch (code) {
      case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      case RD_KAFKA_RESP_ERR__SSL:
        return 3;
      case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        return 1;
      default:
        return 2;
    }
  }
  void note(int code, const char* text) {
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !down_at) down_at = std::chrono::steady_clock::now();
    refused = refused || weight_of(code) == 3;
    if (weight_of(code) <= weight) return;
    weight = weight_of(code);
    reason = text;
  }
};

void note_probe_error(rd_kafka_t* /*handle*/, int code, const char* text, void* opaque) {
  static_cast<ProbeErrors*>(opaque)->note(code, text);
}

void ignore_probe_log(const rd_kafka_t*, int, const char*, const char*) {}

bool is_pattern(const std::string& topic) { return topic.starts_with('^'); }

int left(SteadyTime deadline, ProbeTime most = ProbeTime::max()) {
  const auto rest = std::chrono::ceil<ProbeTime>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp(rest, ProbeTime(1), most).count());
}

class Prober {
 public:
  Prober(const KafkaOptions& options, ProbeTime timeout)
      : options_(options), filter_(options), deadline_(std::chrono::steady_clock::now() + timeout), client_(open()) {
    for (const std::string& topic : wanted()) {
      if (!is_pattern(topic)) topics_.emplace_back(rd_kafka_topic_new(client_, topic.c_str(), nullptr));
    }
  }
  ~Prober() {
    topics_.clear();
    destroy_client(client_, kDestroyPatience);
  }
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  KafkaProbe look() {
    KafkaProbe probe;
    const RdKafkaMetadata metadata = ask();
    if (!metadata) {
      probe.error = errors_.reason.empty() ? "no answer in time" : filter_(errors_.reason);
      return probe;
    }
    probe.brokers = static_cast<std::size_t>(metadata->broker_cnt);
    for (const std::string& topic : wanted()) add_topic(topic, *metadata, probe.topics);
    probe.group_error = ask_for_group(probe.topics);
    return probe;
  }

 private:
  std::vector<std::string> wanted() const {
    std::vector<std::string> names = options_.topics;
    if (!options_.dead_letter_topic.empty()) names.push_back(options_.dead_letter_topic);
    return names;
  }

  rd_kafka_t* open() {
    RdKafkaConf configuration = consumer_configuration(options_);
    set_property(configuration, "log.queue", "false");
    set_property(configuration, "allow.auto.create.topics", "false");
    rd_kafka_conf_set_log_cb(configuration.get(), &ignore_probe_log);
    rd_kafka_conf_set_error_cb(configuration.get(), &note_probe_error);
    rd_kafka_conf_set_opaque(configuration.get(), &errors_);
    std::array<char, 512> text{};
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration.get(), text.data(), text.size());
    if (client == nullptr) throw KafkaError(filter_(text.data()));
    static_cast<void>(configuration.release());  // rd_kafka_new owns it now
    return client;
  }

  /// Whether waiting longer is of no use.
  bool is_over() const {
    const auto now = std::chrono::steady_clock::now();
    return errors_.refused || now >= deadline_ || (errors_.down_at && now - *errors_.down_at > kSecondAddress);
  }

  RdKafkaMetadata ask() {
    const bool all = std::any_of(options_.topics.begin(), options_.topics.end(), is_pattern);
    while (!is_over()) {
      const struct rd_kafka_metadata* answer = nullptr;
      const auto error = rd_kafka_metadata(client_, all ? 1 : 0, nullptr, &answer, left(deadline_, kLook));
      if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return RdKafkaMetadata(answer);
      rd_kafka_poll(client_, left(deadline_, ProbeTime(50)));
    }
    return nullptr;
  }

  static void add_topic(const std::string& name, const struct rd_kafka_metadata& metadata,
                        std::vector<KafkaProbe::Topic>& topics) {
    const std::size_t before = topics.size();
    regex_t pattern{};
    const bool matching = is_pattern(name) && regcomp(&pattern, name.c_str(), REG_EXTENDED | REG_NOSUB) == 0;
    for (int i = 0; i < metadata.topic_cnt; ++i) {
      const struct rd_kafka_metadata_topic& found = metadata.topics[i];
      if (matching ? regexec(&pattern, found.topic, 0, nullptr, 0) != 0 : name != found.topic) continue;
      topics.push_back({found.topic, static_cast<std::size_t>(found.partition_cnt),
                        found.err == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2str(found.err)});
    }
    if (matching) regfree(&pattern);
    if (topics.size() == before) {
      topics.push_back({name, 0, matching ? "matches no topic" : "is unknown to the broker"});
    }
  }

  std::string ask_for_group(const std::vector<KafkaProbe::Topic>& topics) {
    const auto readable =
        std::find_if(topics.begin(), topics.end(), [](const auto& topic) { return topic.partitions > 0; });
    if (readable == topics.end()) return "";
    const RdKafkaPartitions positions(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(positions.get(), readable->name.c_str(), 0);
    const auto error = rd_kafka_committed(client_, positions.get(), left(deadline_));
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2str(error);
  }

  const KafkaOptions& options_;
  const SecretFilter filter_;
  const SteadyTime deadline_;
  ProbeErrors errors_;
  rd_kafka_t* const client_;
  std::vector<RdKafkaTopic> topics_;  // those that metadata is asked for
};

}  // namespace

KafkaProbe probe_kafka(const KafkaOptions& options, ProbeTime timeout) { return Prober(options, timeout).look(); }

}  // namespace tapewatch::ingest
