#pragma once
// The librdkafka properties that tapewatch sets itself. Header only: the configuration refuses them by this list.
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace tapewatch::ingest {

/// Why a property may not be set: another key sets it, or the guarantees depend on it. nullopt for a property that may.
inline std::optional<std::string_view> own_property(std::string_view name) {
  constexpr std::string_view kCommitted = "positions are committed with the documents";
  constexpr std::string_view kConsumer = "the consumer needs its own value";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kOwn = {
      {{"bootstrap.servers", "set it with 'brokers'"},
       {"metadata.broker.list", "set it with 'brokers'"},
       {"group.id", "set it with 'group'"},
       {"auto.offset.reset", "set it with 'start'"},
       {"enable.auto.commit", kCommitted},
       {"auto.commit.enable", kCommitted},  // an older name for the same
       {"enable.auto.offset.store", kCommitted},
       {"enable.partition.eof", kConsumer},
       {"log.queue", kConsumer},
       {"statistics.interval.ms", "lag and health are read from them"}}};
  for (const auto& [property, reason] : kOwn) {
    if (property == name) return reason;
  }
  return std::nullopt;
}

/// The same for an output.
inline std::optional<std::string_view> own_output_property(std::string_view name) {
  constexpr std::string_view kOnce = "each record is published once because of it";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOwn = {
      {{"transactional.id", "set it with 'transactional_id'"},
       {"group.id", "the position's group is 'transactional_id'"},
       {"enable.idempotence", kOnce},
       {"acks", kOnce},
       {"request.required.acks", kOnce},  // an older name for the same
       {"isolation.level", kOnce}}};
  for (const auto& [property, reason] : kOwn) {
    if (property == name) return reason;
  }
  return own_property(name);
}

}  // namespace tapewatch::ingest
