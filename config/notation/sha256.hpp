#pragma once

#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace tapewatch::notation {

/// Throws std::runtime_error where OpenSSL has no SHA-256.
inline std::array<unsigned char, 32> sha256(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  }
  return digest;
}

}  // namespace tapewatch::notation
