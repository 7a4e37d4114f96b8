#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct LatenessQuery {
  std::map<std::string, std::string> key;  ///< topic, entity, source -> id; empty: of all documents
  TimePoint from{}, to{};                  ///< of the documents' own times; `to` is included
  std::int64_t seen = 0;                   ///< the last row of the sequence that counts as there in time
};

/// How a series' documents of a span of time came.
struct Lateness {
  std::int64_t documents = 0;
  std::int64_t unseen = 0;  ///< of them, those that came after `seen`
  std::int64_t late = 0;    ///< older than max_lateness when they came: they alert nobody
};

/// On a reader. Throws StorageError.
Lateness read_lateness(Connection& connection, const LatenessQuery& query);

}  // namespace tapewatch::storage
