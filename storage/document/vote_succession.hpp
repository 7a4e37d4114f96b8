#pragma once
#include <cstdint>
#include <functional>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// The roll-up minute of a time.
using RollupMinute = std::function<std::int64_t(TimePoint)>;

/// A document is about to go: each vote that its story gave with it, in the document's series and in those of its
/// entities, passes to the earliest document of the story that is left in that series, in its bucket and with its
/// label. A story of which retention has deleted documents keeps its votes as they are: who gave them is not known any
/// more. Inside the caller's Transaction.
void pass_votes(Connection& connection, std::int64_t document, const RollupMinute& minute_of);

}  // namespace tapewatch::storage
