// Tested by tests/daemon/pipeline/writing/alert_teller_test.cpp
#include "daemon/pipeline/writing/outbox_message.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <boost/json.hpp>
#include <utility>

namespace tapewatch {

std::string message_id(const std::string& identity) {
  const XXH128_hash_t hash = XXH3_128bits(identity.data(), identity.size());
  return fmt::format("msg_{:016x}{:016x}", hash.high64, hash.low64);
}

storage::OutboxMessage outbox_message(std::string_view type, std::string_view webhook, const std::string& identity,
                                      std::string body, storage::TimePoint now) {
  storage::OutboxMessage message;
  message.id = message_id(identity);
  message.webhook = webhook;
  message.type = type;
  message.body = std::move(body);
  message.created_at = now;
  return message;
}

std::map<std::string, std::string> texts_of(const std::string& object) {
  std::map<std::string, std::string> texts;
  boost::system::error_code error;
  const auto tree = boost::json::parse(object, error);
  if (error || !tree.is_object()) return texts;
  for (const auto& [name, value] : tree.get_object()) {
    if (value.is_string()) texts.emplace(std::string(name), std::string(value.get_string()));
  }
  return texts;
}

}  // namespace tapewatch
