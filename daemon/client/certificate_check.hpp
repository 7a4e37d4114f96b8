#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace tapewatch {

/// The certificate authorities that a client trusts, read once.
class TrustedAuthorities {
 public:
  /// `ca_file`: a PEM bundle instead of the system's. Throws std::runtime_error naming the file and the reason.
  explicit TrustedAuthorities(const std::string& ca_file);

  X509_STORE* store() const { return store_.get(); }
  bool are_the_systems() const { return systems_; }

 private:
  std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store_;
  bool systems_;
};

/// Checks one handshake: verifies the chain against the authorities and keeps the reason of a failure for people.
class CertificateCheck {
 public:
  explicit CertificateCheck(const TrustedAuthorities& authorities) : authorities_(authorities) {}
  CertificateCheck(const CertificateCheck&) = delete;
  CertificateCheck& operator=(const CertificateCheck&) = delete;

  /// For libcurl's CURLOPT_SSL_CTX_FUNCTION; it must outlive the transfer. False when OpenSSL refuses.
  bool prepare(SSL_CTX* context);

  /// Why the chain was refused, with the relevant date; empty when it was accepted.
  const std::string& refusal() const { return refusal_; }
  /// The names that the peer's certificate is valid for, at most four; empty before it arrives.
  const std::string& names() const { return names_; }
  /// When the peer's certificate expires, accepted or not; nullopt before it arrives.
  std::optional<std::chrono::sys_seconds> expires() const { return expires_; }

 private:
  static int on_certificate(int accepted, X509_STORE_CTX* verification);

  const TrustedAuthorities& authorities_;
  std::string refusal_, names_;
  std::optional<std::chrono::sys_seconds> expires_;
};

}  // namespace tapewatch
