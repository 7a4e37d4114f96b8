#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace tapewatch::ingest {

/// Credentials for the feed's own origin; all empty: none.
struct FeedAuth {
  std::string user, password;  ///< basic authentication
  std::string bearer;          ///< a token instead

  bool empty() const { return user.empty() && bearer.empty(); }
};

/// One `[[ingest.feed]]` of the configuration, with every limit of the feed client.
struct FeedOptions {
  std::string name;  ///< the source's name: half of every document's identity
  std::string url;   ///< http or https

  std::optional<std::string> proxy;  ///< instead of the daemon's; empty: none

  std::chrono::milliseconds interval = std::chrono::seconds(60);  ///< shortest wait between two polls
  std::chrono::milliseconds timeout = std::chrono::seconds(30);   ///< for one fetch, including redirects
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  std::size_t max_bytes = 8 * 1024 * 1024;  ///< of one response, on the wire and again after decompression
  std::size_t max_items = 1000;             ///< of one response; the rest is left out with a warning
  unsigned max_redirects = 5;

  std::string user_agent;                      ///< empty: the daemon's own
  std::map<std::string, std::string> headers;  ///< sent to the feed's own origin only
  FeedAuth auth;                               ///< likewise
  std::string ca_file;                         ///< PEM bundle that replaces the system's certificate authorities
  std::string language;                        ///< BCP-47; for feeds that state no language, or the wrong one

  /// A publisher's ttl, max-age or Expires lengthens the wait, but never beyond this: a monitor must stay current.
  std::chrono::milliseconds max_hint = std::chrono::minutes(15);
  /// skipHours and skipDays delay the next poll by at most this much.
  std::chrono::milliseconds max_skip = std::chrono::hours(1);
  std::chrono::milliseconds max_backoff =
      std::chrono::minutes(30);  ///< longest wait after failures; polling never ends
  std::chrono::milliseconds max_retry_after = std::chrono::hours(24);
  std::chrono::milliseconds retry_gone = std::chrono::hours(72);     ///< after a 410, which may be a mistake
  std::chrono::milliseconds host_spacing = std::chrono::seconds(1);  ///< between two requests to one host
  std::chrono::milliseconds adopt_redirect_after = std::chrono::hours(24 * 7);
};

}  // namespace tapewatch::ingest
