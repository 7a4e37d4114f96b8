#pragma once
#include <cstdint>
#include <string_view>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// The index keeps words, not text: a document is removed by the text it was added with. Inside the caller's
/// Transaction.
void add_to_index(Connection& connection, std::int64_t document, std::string_view title, std::string_view body);
void remove_from_index(Connection& connection, std::int64_t document, std::string_view title, std::string_view body);

}  // namespace tapewatch::storage
