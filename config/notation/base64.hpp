#pragma once
// Base64 (RFC 4648) as OpenSSL writes and reads it.

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::notation {

/// With padding, on one line. At most 1 GiB, which OpenSSL counts in an int.
inline std::string base64(std::span<const unsigned char> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the terminator that OpenSSL writes
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

inline std::string base64(std::string_view bytes) {
  return base64({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

/// The bytes of a base64 text. Padding may be missing, or one or two characters too long, and the bits that the last
/// digit has to spare may be set, as lenient decoders allow; nullopt for any other character, including white space.
inline std::optional<std::vector<unsigned char>> base64_bytes(std::string_view text) {
  constexpr std::size_t kMostPadding = 2;
  for (std::size_t i = 0; i < kMostPadding && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1 || text.find('=') != std::string_view::npos) return std::nullopt;
  // OpenSSL decodes whole groups of four and counts padding as zero bytes. It skips white space at both ends; then
  // there are fewer bytes than the groups have.
  std::string groups(text);
  const std::size_t padding = (4 - text.size() % 4) % 4;
  groups.append(padding, '=');
  std::vector<unsigned char> bytes(groups.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(groups.data()),
                                     static_cast<int>(groups.size()));
  if (length < 0 || static_cast<std::size_t>(length) != bytes.size()) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

/// The URL-safe alphabet of RFC 4648 section 5, without padding.
inline std::string base64url(std::span<const unsigned char> bytes) {
  std::string text = base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

/// nullopt for a text that base64url() cannot have written.
inline std::optional<std::vector<unsigned char>> base64url_bytes(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  auto bytes = base64_bytes(plain);
  if (!bytes || base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace tapewatch::notation
