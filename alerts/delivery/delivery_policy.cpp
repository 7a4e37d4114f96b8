#include "alerts/delivery/delivery_policy.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "config/notation/http_date.hpp"

namespace tapewatch::alerts {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The first gaps; then eager_gap until eager_for is over; then the tail, whose last entry repeats.
constexpr std::array<milliseconds, 4> kFirst = {milliseconds{seconds{1}}, seconds{5}, seconds{15}, seconds{30}};
constexpr std::array<milliseconds, 7> kTail = {
    milliseconds{minutes{5}}, minutes{30}, hours{2}, hours{5}, hours{10}, hours{14}, hours{24}};
constexpr double kJitter = 0.2;

milliseconds gap_after(unsigned attempts, milliseconds age, const DeliveryLimits& limits) {
  if (age < limits.eager_for)
    return std::min(attempts <= kFirst.size() ? kFirst[attempts - 1] : limits.eager_gap, limits.eager_gap);
  // Which gap of the tail follows from the age alone, so it needs no count of its own: the sum of those before it.
  milliseconds reached = limits.eager_for;
  for (const milliseconds gap : kTail) {
    reached += gap;
    if (age < reached) return gap;
  }
  return kTail.back();
}

bool honours_retry_after(unsigned status) { return status == 429 || status == 502 || status == 503 || status == 504; }

std::string reason_of(const AttemptResult& result) {
  if (result.status == 0) return result.transport_error.empty() ? "no answer" : result.transport_error;
  if (result.status >= 300 && result.status < 400)
    return fmt::format("HTTP {}: redirects are not followed", result.status);
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
  const milliseconds age = std::max(milliseconds{0}, now - first);  // the wall clock may step back
  const milliseconds full = gap_after(std::max(attempts, 1u), age, limits);
  milliseconds gap{
      static_cast<std::int64_t>(static_cast<double>(full.count()) * (1.0 - kJitter * std::clamp(jitter01, 0.0, 1.0)))};
  if (honours_retry_after(result.status))
    if (const auto asked = notation::parse_retry_after(result.retry_after, now))
      gap = std::max(gap, std::min(*asked, limits.max_retry_after));
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
