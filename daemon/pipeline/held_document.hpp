#pragma once

#include <string>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "storage/document/held_documents.hpp"

namespace tapewatch {

/// A document as it is held: all that was read of it. `intake`: the configured source that brought it.
storage::HeldRow to_held_row(const ingest::Document& document, const std::string& intake);

/// The document as it is seen from `now` on: published when its embargo ended, where it says nothing later, and
/// received now. Throws std::exception for a row that to_held_row() did not write.
ingest::Document released_document(const storage::HeldRow& row, TimePoint now);

}  // namespace tapewatch
