#pragma once
#include "tests/storage/storage_support.hpp"

namespace storage_test {

/// Documents of three sources and two companies, `every_minutes` apart; each title comes twice.
inline void fill(Connection& connection, int documents, std::int64_t every_minutes) {
  DocumentWriter writer(connection, {});
  Transaction transaction(connection);
  for (int i = 0; i < documents; ++i) {
    auto row = document("source" + std::to_string(i % 3), std::to_string(i), at_minute(i * every_minutes),
                        "title " + std::to_string(i / 2));
    row.entities = {entity(i % 2 == 0 ? "acme" : "bolt")};
    writer.insert(row, row.received_at);
  }
  transaction.commit();
}

}  // namespace storage_test
