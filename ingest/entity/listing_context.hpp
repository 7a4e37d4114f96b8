#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tapewatch::ingest {

/// The markets (as in market.hpp) that a text names with the ticker at [start, end): "(Nasdaq: KSMR)", "NYSE American:
/// KSA", also later in the list behind the colon; "KSMR.O", "KSMR:US", "KSMR US Equity", "(VOD LN)". nullopt where the
/// ticker stands alone. Short names of exchanges count in capitals only, so "set: KSMR" names none.
std::optional<std::string_view> market_around(std::string_view text, std::size_t start, std::size_t end);

}  // namespace tapewatch::ingest
