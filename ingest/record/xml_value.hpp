#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// XML as a JSON value, so that the same places lead into it. An element is an object: its name under "#name", its
/// attributes as "@name", its children as lists by their names without prefix. An element with text is that text, or,
/// with attributes, an object with the text under "#text". What holds running text (mixed content, `html`, NITF's
/// `block` and `body.content`) is its paragraphs as HTML. DTDs are skipped, entities are not expanded.
Result<boost::json::value> xml_value(const std::string& text);

/// True where a record's text begins with markup.
bool is_xml(std::string_view text);

}  // namespace tapewatch::ingest
