#pragma once

#include <string_view>

namespace tapewatch::ingest {

/// True for a category scheme or element name that publishers use for securities: ticker, symbol, isin, stock.
bool names_securities(std::string_view scheme);

}  // namespace tapewatch::ingest
