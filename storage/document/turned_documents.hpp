#pragma once
#include <cstdint>
#include <string>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Documents of which a revision says the opposite of what they said when they arrived. Called inside a transaction of
/// the writer thread.
class TurnedDocuments {
 public:
  explicit TurnedDocuments(Connection& connection) : connection_(connection) {}

  /// The title with which a document arrived.
  std::string first_title(std::int64_t document) const;
  /// Its revision with this seq says the opposite of that. False: an earlier one did.
  bool mark(std::int64_t document, std::int64_t seq);

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
