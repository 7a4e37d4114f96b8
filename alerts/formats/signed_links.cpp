#include "alerts/formats/signed_links.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <span>
#include <stdexcept>

#include "config/notation/hex.hpp"

namespace tapewatch::alerts {

std::string AlertLinks::signature_of(std::string_view alert_id, std::string_view expires) const {
  const std::string text = fmt::format("tapewatch alert\n{}\n{}", alert_id, expires);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size) == nullptr) {
    throw std::runtime_error("HMAC-SHA256 is not available in this OpenSSL");
  }
  return notation::to_hex(std::span(digest).first(size));
}

std::string AlertLinks::query(std::string_view alert_id, TimePoint now) const {
  if (key_.empty()) return {};
  const auto until = std::chrono::ceil<std::chrono::seconds>(now) + lifetime_;
  const std::string expires = std::to_string(until.time_since_epoch().count());
  return fmt::format("?expires={}&signature={}", expires, signature_of(alert_id, expires));
}

AlertLinks::Verdict AlertLinks::check(std::string_view alert_id, std::string_view expires, std::string_view signature,
                                      TimePoint now) const {
  if (key_.empty()) return Verdict::wrong;
  const std::string expected = signature_of(alert_id, expires);
  if (signature.size() != expected.size() || CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) != 0) {
    return Verdict::wrong;
  }
  // What is signed was written by query(): a number.
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (error != std::errc{} || end != expires.data() + expires.size()) return Verdict::wrong;
  return now < TimePoint{std::chrono::seconds{seconds}} ? Verdict::good : Verdict::expired;
}

}  // namespace tapewatch::alerts
