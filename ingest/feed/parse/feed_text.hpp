#pragma once

#include <string_view>

namespace tapewatch::ingest {

/// True for a category scheme or element name under which publishers list securities: ticker, symbol, isin, stock.
bool names_securities(std::string_view scheme);

}  // namespace tapewatch::ingest
