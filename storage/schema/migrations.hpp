#pragma once
#include <span>
#include <string_view>

namespace tapewatch::storage {

/// The steps from an empty file to the current schema, in order: the text of storage/schema/migrations/*.sql. Step n
/// takes user_version n − 1 to n. Append only: a released step never changes
/// (tests/storage/schema/migrations.sha256).
std::span<const std::string_view> migrations();

}  // namespace tapewatch::storage
