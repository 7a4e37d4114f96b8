#include "daemon/listener_certificate.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;

constexpr auto kWarnBeforeEnd = 24h * 14;
constexpr auto kWarnAgainAfter = 24h;

}  // namespace

std::shared_ptr<LiveCertificate> listener_certificate(const config::TlsOptions& options) {
  if (options.certificate.empty()) return nullptr;
  auto loaded = load_certificate(options, std::chrono::floor<std::chrono::seconds>(wall_now()));
  if (!loaded.errors.empty()) {
    const auto& error = loaded.errors.front();
    throw std::runtime_error(fmt::format("daemon.tls.{}: {}", error.key, error.message));
  }
  return std::make_shared<LiveCertificate>(std::move(loaded.certificate));
}

RenewedCertificate renewed_certificate(const LiveCertificate* present, const CertificateResult& loaded) {
  RenewedCertificate renewed;
  if (present == nullptr) return renewed;
  const auto now = present->get();
  for (const auto& error : loaded.errors) {
    renewed.warnings.push_back(fmt::format("the certificate in use stays ({}): daemon.tls.{}: {}",
                                           certificate_in_words(*now), error.key, error.message));
  }
  if (loaded.certificate && loaded.certificate->facts().content != now->facts().content) {
    renewed.next = loaded.certificate;
  }
  return renewed;
}

std::optional<ProbeCheck> CertificateWatch::check(std::chrono::sys_seconds now) {
  if (!certificate_) return std::nullopt;
  const auto certificate = certificate_->get();
  const auto ends = certificate->facts().ends;
  metrics_.set_certificate_expiry(ends);
  ProbeCheck check{"certificate", ends > now + kWarnBeforeEnd, false, certificate_in_words(*certificate)};
  if (check.ok) {
    told_.reset();
    return check;
  }
  const bool expired = ends <= now;
  check.detail = fmt::format("{}: {}; renew it and reload", check.detail,
                             expired ? "it has expired, and clients refuse it" : "it expires soon");
  if (told_ && now >= *told_ && now < *told_ + kWarnAgainAfter) return check;
  told_ = now;
  log_->log(expired ? spdlog::level::err : spdlog::level::warn, "the certificate of [daemon.tls] ({})", check.detail);
  return check;
}

}  // namespace tapewatch
