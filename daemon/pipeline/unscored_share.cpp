#include "daemon/pipeline/unscored_share.hpp"

#include <algorithm>

namespace tapewatch {

std::string UnscoredShare::Latest::describe() const {
  return std::to_string(unscored.count()) + " of the last " + std::to_string(count) +
         " documents are unscored, the latest for " + reason;
}

std::optional<std::string> UnscoredShare::note(const std::string& source, std::string_view reason) {
  const MutexLock lock(mutex_);
  Latest& latest = sources_[source];
  latest.unscored[latest.next] = !reason.empty();
  latest.next = (latest.next + 1) % kWindow;
  latest.count = std::min(latest.count + 1, kWindow);
  if (!reason.empty()) latest.reason = reason;
  if (latest.count < kFewest) return std::nullopt;
  const double share = latest.share();
  if (!latest.unusual && share >= kUnusual) {
    latest.unusual = true;
    return latest.describe();
  }
  if (latest.unusual && share < kUsualAgain) {
    latest.unusual = false;
    return "most documents are scored again";
  }
  return std::nullopt;
}

double UnscoredShare::share(const std::string& source) const {
  const MutexLock lock(mutex_);
  const auto found = sources_.find(source);
  return found == sources_.end() ? 0.0 : found->second.share();
}

std::string UnscoredShare::warning(const std::string& source) const {
  const MutexLock lock(mutex_);
  const auto found = sources_.find(source);
  return found == sources_.end() || !found->second.unusual ? std::string() : found->second.describe();
}

}  // namespace tapewatch
