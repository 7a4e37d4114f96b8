#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "alerts/alert.hpp"

namespace tapewatch::alerts {

/// What a link in a message carries, so that whoever has it sees that one alert without a token until it expires: the
/// picture in a chat, the page on a telephone. Thread-safe.
class AlertLinks {
 public:
  AlertLinks() = default;  ///< without a key: links carry nothing, and no signature is good
  /// `key`: secret bytes.
  AlertLinks(std::string key, std::chrono::seconds lifetime) : key_(std::move(key)), lifetime_(lifetime) {}

  /// "?expires=1767657600&signature=…": Unix seconds, and HMAC-SHA256 in hex over the alert's id and them. `now`: wall
  /// time.
  std::string query(std::string_view alert_id, TimePoint now) const;

  enum class Verdict { good, expired, wrong };
  /// `expires` and `signature` as they came. In constant time for all signatures of the right length.
  Verdict check(std::string_view alert_id, std::string_view expires, std::string_view signature, TimePoint now) const;

 private:
  std::string signature_of(std::string_view alert_id, std::string_view expires) const;

  std::string key_;
  std::chrono::seconds lifetime_{0};
};

}  // namespace tapewatch::alerts
