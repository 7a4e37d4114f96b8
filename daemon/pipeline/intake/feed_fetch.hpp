#pragma once

#include <string>
#include <vector>

#include "daemon/client/client.hpp"
#include "ingest/feed/feed_options.hpp"
#include "ingest/feed/feed_state.hpp"

namespace tapewatch {

/// How publishers are reached where a feed says nothing else.
struct FeedAccess {
  ProxyOptions proxy;
  std::string user_agent;             ///< empty: the client's
  std::vector<std::string> warnings;  ///< what of the environment cannot be used
};

/// What feeds need of the HTTP client. Feeds with equal options can share one.
ClientOptions feed_client_options(const ingest::FeedOptions& options);

/// A feed's next request as the client's, with its credentials where they belong: to the feed's own origin.
ClientRequest to_client_request(ingest::FeedRequest asked, const ingest::FeedOptions& options,
                                const FeedAccess& access);

ingest::FeedResponse to_feed_response(ClientResponse&& response, ingest::TimePoint received_at);

}  // namespace tapewatch
