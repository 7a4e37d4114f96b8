#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "ingest/feed/parse/feed_item.hpp"

namespace tapewatch::ingest {

/// Reads JSON Feed 1.0 and 1.1 from UTF-8 text.
boost::system::result<Feed, FeedError> parse_json_feed(std::string_view text, const FeedContext& context,
                                                       FeedWarnings& warnings);

}  // namespace tapewatch::ingest
