#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "ingest/feed/parse/feed_item.hpp"

namespace tapewatch::ingest {

/// Reads an answer's body as a feed. The format is found by looking at the content: what Content-Type says of it is
/// often wrong, and only its charset is taken as a hint. Text comes out as valid UTF-8.
/// Errors say what the answer is instead: an HTML page (and which feed it points to), empty, broken, something else.
boost::system::result<Feed, FeedError> parse_feed(std::string_view body, std::string_view content_type,
                                                  const FeedContext& context, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
