// Tested by tests/e2e/daemon/clock_test.py
#include "daemon/readiness.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace tapewatch {

std::vector<ProbeCheck> readiness_checks(const std::string& model, const WriterLoop& writer, const Shortages& shortages,
                                         const EventClock& clock, const BaselineRefit& refit) {
  std::vector<ProbeCheck> checks;
  checks.push_back({"model", true, true, model});
  checks.push_back({"writer", !writer.failing(), false,
                    writer.failing() ? "commits fail and are retried; the log says why" : "commits"});
  for (const auto& missing : shortages.present()) {
    checks.push_back({std::string(missing.name), false, false, std::string(missing.detail)});
  }
  checks.push_back({"disk", !writer.paused(), false,
                    writer.paused() ? "below storage.min_free: ingestion is paused" : "enough free space"});
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
