#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "ingest/feed/parse/feed_warning.hpp"

namespace tapewatch::ingest {

/// A feed's XML in memory. Broken markup does not lose the good items: they are read one by one.
struct XmlFeed {
  pugi::xml_document document;
  bool complete = true;  ///< false: broken markup; `document` has what could be read
};

/// The name of the first element of an XML or HTML text, without prefix, in lower case; "html" also for an HTML
/// doctype. Empty when the text does not begin with markup.
std::string_view root_name(std::string_view text);

/// Parses UTF-8 text that begins with a feed's markup. DTDs are skipped: neither external files
/// nor exponential expansion can happen (what a DTD itself declares has been replaced: expand_internal_entities).
/// `feed.document` has no root when nothing could be read.
void load_xml_feed(std::string_view text, XmlFeed& feed, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
