#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/probes.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/server/server_certificate.hpp"

namespace tapewatch {

/// The certificate that the listener begins with; null without `[daemon.tls]`. Throws std::runtime_error naming key,
/// file, reason and what mends it.
std::shared_ptr<LiveCertificate> listener_certificate(const config::TlsOptions& options);

/// What a reload makes of the certificate.
struct RenewedCertificate {
  LiveCertificate::Pointer next;      ///< null: the present one stays
  std::vector<std::string> warnings;  ///< why it stays, where the files hold none that can be used
};
/// `present`: null without TLS.
RenewedCertificate renewed_certificate(const LiveCertificate* present, const CertificateResult& loaded);

/// Says in time that the listener's certificate ends: by a metric, by a check of /readyz that complains from 14 days
/// before the end on, and by a line of the log once a day from then on. Io thread.
class CertificateWatch {
 public:
  /// `certificate`: null where there is none. `metrics` outlives this.
  CertificateWatch(std::shared_ptr<LiveCertificate> certificate, Metrics& metrics, std::shared_ptr<spdlog::logger> log)
      : certificate_(std::move(certificate)), metrics_(metrics), log_(std::move(log)) {}

  const std::shared_ptr<LiveCertificate>& live() const { return certificate_; }

  /// Looks at the certificate in use; nothing where there is none. `now`: wall time.
  std::optional<ProbeCheck> check(std::chrono::sys_seconds now);

 private:
  const std::shared_ptr<LiveCertificate> certificate_;
  Metrics& metrics_;
  const std::shared_ptr<spdlog::logger> log_;
  std::optional<std::chrono::sys_seconds> told_;
};

}  // namespace tapewatch
