#pragma once

#include <pugixml.hpp>

#include "ingest/feed/parse/feed_item.hpp"

namespace tapewatch::ingest {

/// Reads RSS 0.9x, 2.0 (`root` is <rss>) and RSS 0.90/1.0 (`root` is <rdf:RDF>).
Feed parse_rss(pugi::xml_node root, const FeedContext& context, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
