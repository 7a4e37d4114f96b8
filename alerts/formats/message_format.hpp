#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/formats/told_message.hpp"

namespace tapewatch::alerts {

/// What a body depends on beside its messages.
struct RenderContext {
  std::string webhook;       ///< its name
  std::string routing_key;   ///< of PagerDuty; a secret
  std::string external_url;  ///< where tapewatch is found; empty: unknown
  TimePoint now{};           ///< wall time of this attempt
};

/// How one kind of receiver is spoken to: the body of a request, where it goes, what an answer means. Formats have no
/// state; all calls from any thread.
class MessageFormat {
 public:
  MessageFormat() = default;
  MessageFormat(const MessageFormat&) = delete;
  MessageFormat& operator=(const MessageFormat&) = delete;
  virtual ~MessageFormat() = default;

  /// How many messages of different alerts go into one request, at most.
  virtual std::size_t most_at_once() const { return 1; }
  /// Whether the receiver can make use of an event: firing, updated, resolved, acknowledged, digest,
  /// account.
  virtual bool takes(std::string_view) const { return true; }
  /// Where the request goes, of the webhook's url.
  virtual std::string address(const std::string& url) const { return url; }
  /// `bodies`: messages of the outbox, oldest first, at least one. Throws ToldMessageError.
  virtual std::string render(std::span<const std::string> bodies, const RenderContext&) const = 0;
  /// Whether the same message would be refused again, so that trying again only hides the fault. `status`: of HTTP, not
  /// 2xx.
  virtual bool refuses_for_good(unsigned status) const {
    (void)status;
    return false;
  }
  /// Whether what fires is sent again each minute, because the receiver forgets it otherwise.
  virtual bool repeats() const { return false; }
};

/// The format of that name (kFormats). Throws std::invalid_argument for another one.
const MessageFormat& message_format(std::string_view name);

}  // namespace tapewatch::alerts
