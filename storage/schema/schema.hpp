#pragma once
#include <cstdint>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// "TAPE": marks a file of tapewatch.
inline constexpr std::int64_t kApplicationId = 0x54415045;

/// Throws `newer_schema` for a newer database, `foreign` for another program's, `corrupt` where it cannot be read.
void require_known_schema(Connection& connection);
/// The same, and throws `other` for an older one.
void require_present_schema(Connection& connection);
/// Brings the database to the current schema, each step in its own transaction: an interrupted step leaves the previous
/// version. `progress` reports steps that process stored documents.
void migrate(Connection& connection, const MigrationProgress& progress = {});

}  // namespace tapewatch::storage
