// Tested by tests/daemon/commands/online/online_check_test.cpp
#include "daemon/commands/online/online_item.hpp"

#include <fmt/format.h>

#include "config/notation/rfc3339.hpp"

namespace tapewatch {
namespace {

std::string date_in_words(std::chrono::sys_seconds at) {
  return notation::format_date(std::chrono::time_point_cast<std::chrono::milliseconds>(at));
}

std::string_view mend_of(ClientErrorKind kind) {
  switch (kind) {
    case ClientErrorKind::resolve:
      return "correct the name, or this machine's DNS";
    case ClientErrorKind::connect:
      return "is it up? A firewall, or a proxy that daemon.proxy does not name, is the usual reason";
    case ClientErrorKind::timeout:
      return "it is slow, or a firewall drops the packets; --timeout waits longer";
    case ClientErrorKind::proxy:
      return "see daemon.proxy and daemon.no_proxy";
    default:
      return "";
  }
}

}  // namespace

std::string certificate_words(std::optional<std::chrono::sys_seconds> expires) {
  return expires ? ", certificate until " + date_in_words(*expires) : "";
}

void judge_certificate(OnlineItem& item, std::optional<std::chrono::sys_seconds> expires, const OnlineOptions& options,
                       std::chrono::sys_seconds now) {
  if (!item.ok || !expires || *expires - now >= options.certificate_validity) return;
  item.ok = false;
  item.detail = fmt::format("its certificate {} on {}; it has to be renewed", *expires < now ? "expired" : "expires",
                            date_in_words(*expires));
}

std::string failure_words(const ClientError& error) {
  const std::string_view mend = mend_of(error.kind);
  return fmt::format("{}: {}{}{}", to_string(error.kind), error.message, mend.empty() ? "" : "; ", mend);
}

}  // namespace tapewatch
