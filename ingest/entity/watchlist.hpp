#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/entity/entity_finder.hpp"

namespace tapewatch::ingest {

/// An error in a watch list and its line (from 1; the first line of a quoted field that spans several).
struct WatchlistError {
  std::size_t line = 0;
  std::string message;

  friend bool operator==(const WatchlistError&, const WatchlistError&) = default;
};

[[noreturn]] inline void throw_exception_from_error(const WatchlistError& error, const boost::source_location&) {
  throw std::runtime_error("watch list line " + std::to_string(error.line) + ": " + error.message);
}

// A watch list in CSV (RFC 4180: quoted fields, doubled quotes; also a byte order mark, LF or CRLF, lines that are
// empty or start with '#'). The header names the columns in any order: id, name, aliases, ticker, mic, isin, lei, tags,
// of which id and name are required; aliases and tags are lists separated by ';'. Errors: unknown or repeated column,
// wrong number of fields, missing id or name, a repeated id, a name or alias that two entities share, a repeated ticker
// on one market, an ISIN or LEI of the wrong form.
boost::system::result<std::vector<WatchedEntity>, WatchlistError> parse_watchlist(std::string_view csv);

}  // namespace tapewatch::ingest
