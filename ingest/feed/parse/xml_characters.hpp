#pragma once

#include <cstddef>
#include <string>

namespace tapewatch::ingest {

/// Removes what XML 1.0 forbids (control characters, U+FFFE, U+FFFF, and references to them) and turns C1 controls,
/// which are windows-1252 in disguise, into what was meant. HTML's named references ("&nbsp;"), which XML does not
/// know, become their characters; XML's own five stay. `text` is UTF-8. Returns how many places held what XML forbids.
std::size_t mend_xml_characters(std::string& text);

}  // namespace tapewatch::ingest
