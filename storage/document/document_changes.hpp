#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/document/document_reader.hpp"

namespace tapewatch::storage {

/// A change's seq, and the document's id; for the removal of a document that is no longer stored minus the seq.
using KeyAndId = std::pair<std::int64_t, std::int64_t>;

/// The changes after `after` in order of seq: arrivals, revisions and removals. `where`: the query's conditions on
/// documents d. Of a document that retention has deleted nothing is known but its identity and its time: its removal is
/// told whatever topic, company, label or risk is asked for, and not where its text, story or score is.
std::vector<KeyAndId> find_changes(Connection& connection, const DocumentQuery& query, const QueryBuilder& where,
                                   std::int64_t after, std::size_t limit);

/// The removal with that seq of a document that is no longer stored; its times are those at which it counted.
std::optional<StoredDocument> swept_removal(Connection& connection, std::int64_t seq);

}  // namespace tapewatch::storage
