#pragma once
#include <optional>

#include "storage/connection/connection.hpp"
#include "storage/rescored/rescoring_reader.hpp"

namespace tapewatch::storage {

/// What an operator has asked to be scored again and is not yet done: `model` is "", since it is whichever is present.
std::optional<RescoringQuery> asked_rescoring(Connection& connection);
/// In place of what was asked for before. Inside the caller's Transaction, as the next one. Throws StorageError.
void keep_rescoring(Connection& connection, const RescoringQuery& query);
void forget_rescoring(Connection& connection);

}  // namespace tapewatch::storage
