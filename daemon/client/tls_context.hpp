#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <string>

namespace tapewatch {

/// Which certificate authorities are trusted, and the rules: TLS 1.2 or newer, chain checked.
class TlsContext {
 public:
  /// `ca_file`: a PEM bundle instead of the system's. Throws std::runtime_error naming the file and the reason.
  explicit TlsContext(const std::string& ca_file);

  boost::asio::ssl::context& native() { return context_; }
  [[nodiscard]] bool uses_system_authorities() const { return uses_system_; }

 private:
  boost::asio::ssl::context context_;
  bool uses_system_;
};

/// Prepares a connection: SNI, HTTP/1.1 by ALPN, and the host's name or address that the certificate must carry.
/// False when OpenSSL refuses the name.
bool expect_host(SSL* connection, const std::string& host);

/// Why a certificate was refused, for people: what is wrong, with the date or the names that show it. Empty when the
/// handshake failed for another reason. To be called by the verify callback, where the certificate is at hand.
std::string explain_refusal(X509_STORE_CTX* verification, bool uses_system_authorities);

}  // namespace tapewatch
