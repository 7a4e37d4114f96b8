#pragma once
// The listener's certificate. No OpenSSL header: they are needed where connections begin, and nowhere else.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/daemon_options.hpp"
#include "config/notation/live.hpp"

struct ssl_ctx_st;

namespace tapewatch {

/// A certificate chain with its key, ready for handshakes: TLS 1.2 and 1.3, HTTP/1.1 by ALPN. Immutable; any thread.
class ServerCertificate {
 public:
  struct Facts {
    std::string names;                ///< of the certificate: "desk.example.com, 10.0.0.3"; at most four
    std::chrono::sys_seconds begins;  ///< the latest beginning in the chain
    std::chrono::sys_seconds ends;    ///< the earliest end in the chain
    std::string content;              ///< digest of both files: the same for the same certificate and key
  };

  ServerCertificate(std::shared_ptr<ssl_ctx_st> context, Facts facts)
      : context_(std::move(context)), facts_(std::move(facts)) {}

  ssl_ctx_st* context() const { return context_.get(); }
  const Facts& facts() const { return facts_; }

 private:
  const std::shared_ptr<ssl_ctx_st> context_;
  const Facts facts_;
};

/// What is wrong with a file: the key that names it in `[daemon.tls]`, and in words the file, the reason and what mends
/// it.
struct CertificateProblem {
  std::string key;
  std::string message;
};

struct CertificateResult {
  std::shared_ptr<const ServerCertificate> certificate;  ///< null if there are errors, or no file is named
  std::vector<CertificateProblem> errors;                ///< it cannot be used
  std::vector<CertificateProblem> warnings;              ///< it can, but clients will refuse it, or others read the key
};

/// Reads and checks the files. `now`: wall time, which the certificate's dates are compared with. Never throws for what
/// a file may contain.
CertificateResult load_certificate(const config::TlsOptions& options, std::chrono::sys_seconds now);

/// "desk.example.com, until 2027-01-03 08:00 UTC".
std::string certificate_in_words(const ServerCertificate& certificate);

/// The certificate for new connections, as it is now; connections go on with the one they began with. Not null.
class LiveCertificate : public notation::Live<std::shared_ptr<const ServerCertificate>> {
 public:
  using Pointer = std::shared_ptr<const ServerCertificate>;
  using Live::Live;
};

}  // namespace tapewatch
