#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// A document that must not be seen yet.
struct HeldRow {
  std::int64_t id = 0;                     ///< never used twice: another content of the document has another one
  std::string source, external_id;         ///< the identity
  std::string intake;                      ///< the configured source that brought it
  std::optional<std::int64_t> revision;    ///< the source's own number
  std::optional<TimePoint> embargo_until;  ///< nothing: until its source, or an operator, says so
  TimePoint held_at{};
  std::string title, url;
  std::string document;  ///< all of it, as whoever holds it wrote it
};

/// The table `held`: documents under embargo, and those that are withheld. No row of the sequence, and in none of the
/// other tables. Const members work on a reader, the others inside the caller's Transaction. Throws StorageError.
class HeldDocuments {
 public:
  explicit HeldDocuments(Connection& connection) : connection_(connection) {}

  /// Holds a document in place of an earlier content of it; returns its id.
  std::int64_t put(const HeldRow& row);
  /// Takes one out. False: it is not held any more.
  bool take(std::int64_t id);
  std::optional<HeldRow> find(std::string_view source, std::string_view external_id) const;
  bool any() const;
  /// Those whose embargo is over, the earliest first.
  std::vector<HeldRow> due(TimePoint now, std::size_t limit) const;
  /// By id.
  std::vector<HeldRow> list(std::int64_t after, std::size_t limit) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
