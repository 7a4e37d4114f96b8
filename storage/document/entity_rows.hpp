#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

/// The companies that a stored document names now, in the order of their places.
std::vector<EntityRow> entity_rows(Connection& connection, std::int64_t document);

/// The row with the companies and the metadata that the stored document has besides: what is known of a document whose
/// source tells it once for each company. Nothing where the row's source names no company that is new to it.
std::optional<DocumentRow> united_with_stored(Connection& connection, const DocumentRow& row, std::int64_t document);

}  // namespace tapewatch::storage
