#pragma once

#include <string_view>

namespace tapewatch::ingest {

/// Markets as sources name them, each as the MICs (ISO 10383) that it stands for, separated by blanks; "" for a name
/// that is none. A group ("US") stands for all its markets.
///
/// By name before or behind a colon, in any case: "Nasdaq", "NYSE American", "TSX", a MIC, "US".
std::string_view markets_of_exchange(std::string_view name);
/// By the suffix of a RIC, of Yahoo or EODHD: "O", "L", "TO", "US".
std::string_view markets_of_suffix(std::string_view suffix);
/// By the country behind FactSet's dash, in ISO 3166: "US", "GB".
std::string_view markets_of_country(std::string_view code);
/// By Bloomberg's code: "US", "LN", "UW".
std::string_view markets_of_bloomberg(std::string_view code);

/// Whether `mic` is one of `markets`. A watched ticker without a market may be on any.
bool trades_on(std::string_view markets, std::string_view mic);

}  // namespace tapewatch::ingest
