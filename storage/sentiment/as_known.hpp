#pragma once
#include <cstdint>
#include <string>

#include "storage/connection/connection.hpp"
#include "storage/connection/time_point.hpp"

namespace tapewatch::storage {

/// Documents and the companies that they name as they were known at the row `seq` of the sequence: without what came,
/// was revised or was removed later. In the place of the tables `document` and `document_entity` in a query (SQL, in
/// parentheses), with those of their columns that read_rows() needs.
///
/// Of a revision that was replaced before schema 24 the companies are not known: they are those named on arrival, with
/// the sentiment that they had then.
std::string documents_as_of(std::int64_t seq);
std::string mentions_as_of(std::int64_t seq);

/// The last row of the sequence that was stored at `at` or before, by the wall clock; 0: none.
std::int64_t seq_as_of(Connection& connection, TimePoint at);

}  // namespace tapewatch::storage
