#pragma once

#include <pugixml.hpp>

#include "ingest/feed/parse/feed_item.hpp"

namespace tapewatch::ingest {

/// Reads Atom 1.0 and 0.3; `root` is <feed>, or a lone <entry>.
Feed parse_atom(pugi::xml_node root, const FeedContext& context, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
