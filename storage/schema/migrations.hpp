#pragma once
#include <span>
#include <string_view>

namespace tapewatch::storage {

/// The steps from an empty file to the present schema, in order: the text of storage/schema/migrations/*.sql. Step n
/// takes user_version n − 1 to n. Append only: a step that has been released never changes
/// (tests/storage/schema/migrations.sha256).
std::span<const std::string_view> migrations();

}  // namespace tapewatch::storage
