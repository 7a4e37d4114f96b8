#pragma once
// The secret of a webhook. Header only: the configuration reads it here, so that what `check` accepts can also sign.
#include <openssl/crypto.h>

#include <boost/system/result.hpp>
#include <boost/throw_exception.hpp>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/notation/base64.hpp"

namespace tapewatch::alerts {

/// Why a secret is refused. Never holds any part of the secret.
struct SecretError {
  std::string reason;
};
[[noreturn]] inline void throw_exception_from_error(const SecretError& error, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error(error.reason), where);
}

/// The key bytes of one Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0,
/// "Signature scheme"). A value of this type can sign: there is no secret that is accepted and then cannot be used.
class WebhookSecret {
 public:
  /// Accepts what the reference libraries accept: padding may be missing or too long, and the spare bits of the last
  /// digit may be set. All three sign with the same bytes. The URL-safe alphabet and white space are refused.
  static boost::system::result<WebhookSecret, SecretError> parse(std::string_view text);

  WebhookSecret(const WebhookSecret&) = default;
  WebhookSecret(WebhookSecret&&) = default;
  WebhookSecret& operator=(const WebhookSecret&) = default;
  WebhookSecret& operator=(WebhookSecret&&) = default;
  ~WebhookSecret() { OPENSSL_cleanse(key_.data(), key_.size()); }

  std::span<const unsigned char> key() const { return key_; }
  friend bool operator==(const WebhookSecret&, const WebhookSecret&) = default;

 private:
  explicit WebhookSecret(std::vector<unsigned char> key) : key_(std::move(key)) {}

  std::vector<unsigned char> key_;
};

inline boost::system::result<WebhookSecret, SecretError> WebhookSecret::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "whsec_";
  constexpr std::size_t kMinBytes = 24, kMaxBytes = 64;
  if (!text.starts_with(kPrefix)) return SecretError{"a webhook's secret begins with whsec_"};
  text.remove_prefix(kPrefix.size());
  auto key = notation::base64_bytes(text);
  if (!key) return SecretError{"what follows whsec_ is not base64"};
  if (key->size() < kMinBytes || key->size() > kMaxBytes) return SecretError{"a webhook's secret holds 24 to 64 bytes"};
  return WebhookSecret(std::move(*key));
}

}  // namespace tapewatch::alerts
