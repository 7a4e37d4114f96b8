#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// What `check --online` found of one thing.
struct OnlineItem {
  std::string thing;  ///< "feed fed", "kafka wire"
  bool ok = false;
  std::string detail;  ///< what it is like; of a failed one why, and what mends it
};

struct OnlineOptions {
  std::chrono::milliseconds timeout = std::chrono::seconds(10);              ///< of one thing
  std::chrono::milliseconds certificate_validity = std::chrono::hours(168);  ///< a certificate that ends sooner fails
  bool test_webhooks = false;     ///< send each webhook the test event; else only a connection is made
  std::size_t most_at_once = 16;  ///< things that are tried at the same time
};

/// ", certificate until 2027-01-03": what is known of a certificate.
std::string certificate_words(std::optional<std::chrono::sys_seconds> expires);

/// Fails an item, so far fine, whose certificate ends within `options.certificate_validity` of `now`.
void judge_certificate(OnlineItem& item, std::optional<std::chrono::sys_seconds> expires, const OnlineOptions& options,
                       std::chrono::sys_seconds now);

/// The client's message, and what mends it.
std::string failure_words(const ClientError& error);

}  // namespace tapewatch
