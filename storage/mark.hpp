#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Facts about the whole database, each a number that only increases.
inline constexpr std::string_view kFoldedBefore = "folded_before";  ///< minute; roll-ups before it are quarter hours
inline constexpr std::string_view kSweptBefore = "swept_before";    ///< ms; documents before it have been deleted
inline constexpr std::string_view kAccountedTo = "accounted_to";    ///< ms; the weeks up to it have been accounted for

std::optional<std::int64_t> read_mark(Connection& connection, std::string_view name);
/// Inside the caller's Transaction.
void raise_mark(Connection& connection, std::string_view name, std::int64_t value);

}  // namespace tapewatch::storage
