#pragma once

#include "daemon/client/client.hpp"
#include "ingest/feed/feed_options.hpp"
#include "ingest/feed/feed_state.hpp"

namespace tapewatch {

/// What feeds need of the HTTP client. Feeds with equal options can share one.
ClientOptions feed_client_options(const ingest::FeedOptions& options);

/// A feed's next request as the client's. `proxy`: of feeds that name none.
ClientRequest to_client_request(ingest::FeedRequest asked, const ingest::FeedOptions& options,
                                const ProxyOptions& proxy);

ingest::FeedResponse to_feed_response(ClientResponse&& response, ingest::TimePoint received_at);

}  // namespace tapewatch
