#include "alerts/delivery/signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "config/notation/base64.hpp"

namespace tapewatch::alerts {
namespace {

std::string hmac(std::span<const unsigned char> key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), digest, &size) == nullptr)
    throw std::runtime_error("HMAC-SHA256 is not available in this OpenSSL");
  return notation::base64(std::span(digest, size));
}

}  // namespace

std::string sign(std::span<const WebhookSecret> secrets, std::string_view id, std::int64_t unix_seconds,
                 std::string_view body) {
  const std::string text = fmt::format("{}.{}.{}", id, unix_seconds, body);
  std::string header;
  for (const WebhookSecret& secret : secrets) {
    if (!header.empty()) header.push_back(' ');
    header += "v1," + hmac(secret.key(), text);
  }
  return header;
}

bool verify(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
            std::string_view signatures, std::string_view body, std::int64_t now, std::int64_t tolerance_seconds) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size()) return false;
  if (seconds < now - tolerance_seconds || seconds > now + tolerance_seconds) return false;
  for (const WebhookSecret& secret : secrets) {
    const std::string expected = sign(std::span(&secret, 1), id, seconds, body);
    for (std::string_view rest = signatures; !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (one.size() == expected.size() && CRYPTO_memcmp(one.data(), expected.data(), one.size()) == 0) return true;
    }
  }
  return false;
}

}  // namespace tapewatch::alerts
