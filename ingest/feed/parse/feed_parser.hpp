#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "ingest/feed/parse/feed_item.hpp"

namespace tapewatch::ingest {

/// Reads a response body as a feed. The content decides the format: Content-Type is often wrong, and only its charset
/// is used as a hint. Text comes out as valid UTF-8. Errors say what the response is instead: an HTML page (and which
/// feed it points to), empty, broken, something else.
boost::system::result<Feed, FeedError> parse_feed(std::string_view body, std::string_view content_type,
                                                  const FeedContext& context, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
