#pragma once

#include <cstddef>
#include <string>

namespace tapewatch::ingest {

/// Removes what XML 1.0 forbids (control characters, U+FFFE, U+FFFF, and references to them) and turns C1 controls,
/// which are misdeclared windows-1252, into the intended characters. HTML's named references ("&nbsp;"), which XML
/// lacks, become their characters; XML's own five stay. `text` is UTF-8. Returns the number of forbidden places.
std::size_t mend_xml_characters(std::string& text);

}  // namespace tapewatch::ingest
