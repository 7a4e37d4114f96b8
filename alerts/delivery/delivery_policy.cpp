#include "alerts/delivery/delivery_policy.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/notation/http_date.hpp"

namespace tapewatch::alerts {
namespace {

using namespace std::chrono_literals;

// The first gaps; then eager_gap until eager_for is over; then the tail, whose last entry repeats.
constexpr std::array<std::chrono::milliseconds, 4> kFirst = {1s, 5s, 15s, 30s};
constexpr std::array<std::chrono::milliseconds, 7> kTail = {5min, 30min, 2h, 5h, 10h, 14h, 24h};
constexpr double kJitter = 0.2;

std::chrono::milliseconds gap_after(unsigned attempts, std::chrono::milliseconds age, const DeliveryLimits& limits) {
  if (age < limits.eager_for) {
    return std::min(attempts <= kFirst.size() ? kFirst[attempts - 1] : limits.eager_gap, limits.eager_gap);
  }
  // The gap of the tail follows from the age alone, the sum of the earlier gaps, so it needs no counter.
  std::chrono::milliseconds reached = limits.eager_for;
  for (const std::chrono::milliseconds gap : kTail) {
    reached += gap;
    if (age < reached) return gap;
  }
  return kTail.back();
}

bool honours_retry_after(unsigned status) { return status == 429 || status == 502 || status == 503 || status == 504; }

std::string reason_of(const AttemptResult& result) {
  if (result.status == 0) return result.transport_error.empty() ? "no answer" : result.transport_error;
  if (result.status >= 300 && result.status < 400) {
    return fmt::format("HTTP {}: redirects are not followed", result.status);
  }
  return fmt::format("HTTP {}", result.status);
}

}  // namespace

std::string_view to_string(DeliveryOutcome outcome) {
  switch (outcome) {
    case DeliveryOutcome::delivered:
      return "delivered";
    case DeliveryOutcome::retry:
      return "retry";
    case DeliveryOutcome::exhausted:
      return "exhausted";
    case DeliveryOutcome::disabled:
      return "disabled";
  }
  return "";
}

Decision decide(const AttemptResult& result, unsigned attempts, TimePoint first, TimePoint now, double jitter01,
                const DeliveryLimits& limits) {
  Decision decision;
  decision.reason = reason_of(result);
  if (result.status >= 200 && result.status < 300) return decision;
  if (result.status == 410) {
    decision.outcome = DeliveryOutcome::disabled;
    return decision;
  }
  if (result.refused_for_good) {
    decision.outcome = DeliveryOutcome::exhausted;
    decision.reason += ": it would be refused again";
    return decision;
  }
  const std::chrono::milliseconds age =
      std::max(std::chrono::milliseconds{0}, now - first);  // the wall clock may step back
  const std::chrono::milliseconds full = gap_after(std::max(attempts, 1u), age, limits);
  std::chrono::milliseconds gap{
      static_cast<std::int64_t>(static_cast<double>(full.count()) * (1.0 - kJitter * std::clamp(jitter01, 0.0, 1.0)))};
  if (honours_retry_after(result.status)) {
    decision.retry_after = notation::parse_retry_after(result.retry_after, now);
    if (decision.retry_after) gap = std::max(gap, std::min(*decision.retry_after, limits.max_retry_after));
  }
  if (age + gap > limits.give_up_after) {
    decision.outcome = DeliveryOutcome::exhausted;
    decision.reason += fmt::format("; given up after {} attempts", attempts);
    return decision;
  }
  decision.outcome = DeliveryOutcome::retry;
  decision.retry_at = now + gap;
  return decision;
}

}  // namespace tapewatch::alerts
