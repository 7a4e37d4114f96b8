#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "alerts/delivery/webhook_secret_options.hpp"

namespace tapewatch::alerts {

/// The `webhook-signature` header of Standard Webhooks 1.0: for each secret, in order and separated by a space,
/// "v1," + base64(HMAC-SHA256(secret, id "." unix_seconds "." body)). Throws std::runtime_error where OpenSSL has no
/// HMAC-SHA256.
std::string sign(std::span<const WebhookSecret> secrets, std::string_view id, std::int64_t unix_seconds,
                 std::string_view body);

/// Verifies a signature as a receiver does: constant-time comparison, `tolerance_seconds` around `now`.
bool verify(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
            std::string_view signatures, std::string_view body, std::int64_t now, std::int64_t tolerance_seconds = 300);

}  // namespace tapewatch::alerts
