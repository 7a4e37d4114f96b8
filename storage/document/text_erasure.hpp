#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Erases the text, the title and the URL of a document that is taken back: its own row, metadata and revisions, the
/// full-text index, events, the evidence of alerts and of messages about them, dead letters that hold it. Inside the
/// caller's Transaction, before the row says that it is removed.
class TextErasure {
 public:
  explicit TextErasure(Connection& connection) : connection_(connection) {}
  void erase(std::int64_t document, std::string_view source, std::string_view external_id);

 private:
  void erase_rows(std::int64_t document);
  void erase_events(std::int64_t document);
  void erase_evidence(std::int64_t document, std::string_view source);
  void erase_digest(std::int64_t alert, const std::string& summary);
  void erase_dead_letters(std::string_view external_id);

  Connection& connection_;
  std::vector<std::string> titles_;  // of all revisions
};

}  // namespace tapewatch::storage
