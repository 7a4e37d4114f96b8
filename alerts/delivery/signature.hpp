#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace tapewatch::alerts {

/// Why a secret is refused. Never holds any part of the secret.
struct SecretError {
  std::string reason;
};
[[noreturn]] void throw_exception_from_error(const SecretError&, const boost::source_location&);

/// The key bytes of a Standard Webhooks secret, `whsec_` + base64 of 24 to 64 bytes.
boost::system::result<std::vector<unsigned char>, SecretError> parse_secret(std::string_view secret);

/// The `webhook-signature` header of Standard Webhooks 1.0: for each secret, in order and separated by a space,
/// "v1," + base64(HMAC-SHA256(secret, id "." unix_seconds "." body)). An error names the secret by its position.
boost::system::result<std::string, SecretError> sign(std::span<const std::string> secrets, std::string_view id,
                                                     std::int64_t unix_seconds, std::string_view body);

/// The other direction, as a receiver does it: constant-time comparison, `tolerance_seconds` around `now`.
bool verify(std::span<const std::string> secrets, std::string_view id, std::string_view timestamp,
            std::string_view signatures, std::string_view body, std::int64_t now, std::int64_t tolerance_seconds = 300);

}  // namespace tapewatch::alerts
