#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "ingest/document/metadata.hpp"

namespace tapewatch::ingest {

/// What an item of RSS or Atom says beside its text:
///   contributor          dc:contributor
///   subject              prn:subject
///   speaker, institution, occurred      cb:person, cb:institutionAbbrev, cb:occurrenceDate (RSS-CB)
///   form, items          EDGAR's form type, and the items of an 8-K as `body` or the filing's data names them
///   origin, origin_url   <source>: the publisher that the item was taken from
/// Not bounded yet.
Metadata feed_metadata(pugi::xml_node item, std::string_view body);

}  // namespace tapewatch::ingest
