#include "alerts/delivery/signature.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <boost/throw_exception.hpp>

namespace tapewatch::alerts {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMinKeyBytes = 24;  // Standard Webhooks 1.0, "Signature scheme"
constexpr std::size_t kMaxKeyBytes = 64;

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');  // EVP ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string hmac(const std::vector<unsigned char>& key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), digest, &size) == nullptr)
    throw std::runtime_error("HMAC-SHA256 is not available in this OpenSSL");
  return base64(digest, size);
}

}  // namespace

void throw_exception_from_error(const SecretError& error, const boost::source_location& where) {
  boost::throw_exception(std::runtime_error(error.reason), where);
}

boost::system::result<std::vector<unsigned char>, SecretError> parse_secret(std::string_view secret) {
  if (!secret.starts_with(kPrefix)) return SecretError{"the secret does not start with whsec_"};
  secret.remove_prefix(kPrefix.size());
  std::string_view digits = secret;
  while (digits.ends_with('=')) digits.remove_suffix(1);
  const std::size_t padding = secret.size() - digits.size();
  if (digits.size() % 4 == 1 || padding > 2 || (padding != 0 && secret.size() % 4 != 0))
    return SecretError{"the secret is not whole base64 after whsec_"};
  std::vector<unsigned char> key;
  unsigned bits = 0;
  unsigned held = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int value = base64_value(digits[i]);
    if (value < 0) return SecretError{fmt::format("character {} after whsec_ is not base64", i + 1)};
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    key.push_back(static_cast<unsigned char>(bits >> held & 0xFF));
  }
  if ((bits & ((1u << held) - 1)) != 0) return SecretError{"the secret is not whole base64 after whsec_"};
  if (key.size() < kMinKeyBytes || key.size() > kMaxKeyBytes)
    return SecretError{fmt::format("the secret has {} bytes; it takes 24 to 64", key.size())};
  return key;
}

boost::system::result<std::string, SecretError> sign(std::span<const std::string> secrets, std::string_view id,
                                                     std::int64_t unix_seconds, std::string_view body) {
  const std::string text = fmt::format("{}.{}.{}", id, unix_seconds, body);
  std::string header;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    auto key = parse_secret(secrets[i]);
    if (!key) return SecretError{fmt::format("secret {}: {}", i + 1, key.error().reason)};
    if (!header.empty()) header.push_back(' ');
    header += "v1," + hmac(*key, text);
    OPENSSL_cleanse(key->data(), key->size());
  }
  return {boost::system::in_place_value, std::move(header)};
}

bool verify(std::span<const std::string> secrets, std::string_view id, std::string_view timestamp,
            std::string_view signatures, std::string_view body, std::int64_t now, std::int64_t tolerance_seconds) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  if (error != std::errc{} || end != timestamp.data() + timestamp.size()) return false;
  if (seconds < now - tolerance_seconds || seconds > now + tolerance_seconds) return false;
  for (const std::string& secret : secrets) {
    const auto expected = sign(std::span(&secret, 1), id, seconds, body);
    if (!expected) continue;
    for (std::string_view rest = signatures; !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (one.size() == expected->size() && CRYPTO_memcmp(one.data(), expected->data(), one.size()) == 0) return true;
    }
  }
  return false;
}

}  // namespace tapewatch::alerts
