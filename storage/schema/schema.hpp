#pragma once
#include <cstdint>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// "TAPE": marks the file as ours.
inline constexpr std::int64_t kApplicationId = 0x54415045;

/// Throws `newer_schema` for a newer database, `foreign` for another program's, `corrupt` where it cannot be read.
void require_known_schema(Connection& connection);
/// The same, and throws `other` for an older one.
void require_present_schema(Connection& connection);
/// Brings the database to the present schema, each step in a transaction of its own: one that is interrupted leaves the
/// version before it. `progress` is told of steps that go over stored documents.
void migrate(Connection& connection, const MigrationProgress& progress = {});

}  // namespace tapewatch::storage
