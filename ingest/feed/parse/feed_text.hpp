#pragma once

#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// Without white space and control characters at both ends.
std::string_view trimmed(std::string_view text);

/// ASCII letters in lower case; other bytes stay.
std::string ascii_lower(std::string_view text);

/// True for a category scheme or element name under which publishers list securities: ticker, symbol, isin, stock.
bool names_securities(std::string_view scheme);

}  // namespace tapewatch::ingest
