#include "daemon/readiness.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace tapewatch {
namespace {

constexpr std::size_t kMostNamed = 3;

bool is_polled(const SourceReport& report) { return report.kind == "feed" || report.kind == "kafka"; }

/// As the dashboard sees it (daemon/web/sources.js).
bool gives_nothing(const SourceReport& report) {
  if (!report.last_success) return report.last_attempt || !report.last_error.empty();
  return report.state == "backing_off" || report.state == "silent" || report.state == "stopped";
}

}  // namespace

ProbeCheck sources_check(std::span<const SourceReport> reports) {
  std::size_t polled = 0, asked = 0, bad = 0;
  std::string names;
  for (const SourceReport& report : reports) {
    if (!is_polled(report)) continue;
    ++polled;
    if (report.last_success || gives_nothing(report)) ++asked;
    if (!gives_nothing(report) || ++bad > kMostNamed) continue;
    names += fmt::format("{}{}{}", names.empty() ? "" : "; ", report.name,
                         report.last_error.empty() ? "" : " (" + report.last_error + ")");
  }
  if (polled == 0) return {"sources", true, false, "none is polled"};
  if (bad > kMostNamed) names += fmt::format("; and {} more", bad - kMostNamed);
  if (bad > 0) {
    return {"sources", bad < polled, false,
            fmt::format("{} of {} not reached: {}; GET /v1/sources", bad, polled, names)};
  }
  if (asked < polled) return {"sources", true, false, fmt::format("{} of {} reached so far", asked, polled)};
  return {"sources", true, false,
          polled == 1 ? "the one that is polled is reached" : fmt::format("all {} reached", polled)};
}

std::vector<ProbeCheck> readiness_checks(const std::string& model, const WriterLoop& writer, const Shortages& shortages,
                                         const EventClock& clock, const BaselineRefit& refit, const Sources& sources,
                                         const Outputs& outputs, CertificateWatch& certificate) {
  std::vector<ProbeCheck> checks;
  checks.push_back({"model", true, true, model});
  checks.push_back({"writer", !writer.failing(), false,
                    writer.failing() ? "commits fail and are retried; the log says why" : "commits"});
  for (const auto& missing : shortages.present()) {
    checks.push_back({std::string(missing.name), false, false, std::string(missing.detail)});
  }
  checks.push_back({"disk", !writer.paused(), false,
                    writer.paused() ? "below storage.min_free: ingestion is paused" : "enough free space"});
  checks.push_back(sources_check(sources.reports(writer.unscored())));
  const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
  for (auto& check : outputs_checks(outputs.reports(), wall_now())) checks.push_back(std::move(check));
  if (auto check = certificate.check(now)) checks.push_back(std::move(*check));
  if (auto progress = refit.progress()) checks.push_back({"baselines", true, false, std::move(*progress)});
  const auto departure = clock.departure();
  if (!departure && writer.reanchoring()) {
    checks.push_back({"clock", false, false, "event time is put right: documents are judged again; the log says more"});
    return checks;
  }
  checks.push_back({"clock", !departure, false,
                    departure ? fmt::format("the wall clock is off by {:.0f} s and not followed; the log says more",
                                            std::chrono::duration<double>(*departure).count())
                              : "follows the clock of the system"});
  return checks;
}

}  // namespace tapewatch
