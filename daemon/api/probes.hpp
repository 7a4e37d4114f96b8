#pragma once
// /healthz and /readyz: the daemon reports on its parts, this file defines what that means to a load balancer.
#include "daemon/server/message.hpp"

namespace tapewatch {

struct ProbeCheck {
  std::string name;  // "database", "writer", "model", "source wire", …
  bool ok = true;
  bool fatal = false;  // makes the answer 503 when not ok; else the status is "degraded"
  std::string detail;  // one sentence, no secret
};

/// Wired by the daemon; called on the io thread and must not block: return the latest observation.
class Probes {
 public:
  virtual ~Probes() = default;
  /// Liveness: fatal only for a loop that makes no progress for 30 s with work waiting.
  virtual std::vector<ProbeCheck> liveness() const = 0;
  /// Readiness: database, model, migrations fatal; brokers, feeds, receivers never are.
  virtual std::vector<ProbeCheck> readiness() const = 0;
};

/// Hidden: the list is empty, the status is still given.
enum class Checks { shown, hidden };

/// {"status":"ok"|"degraded"|"failed","checks":[{"name","ok","detail"}…]}, 200, or 503 with Retry-After.
ApiResponse probe_response(const std::vector<ProbeCheck>& checks, Checks shown = Checks::shown);

}  // namespace tapewatch
