#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// Where a page ended: the sort key and the row id of its last item, so that rows inserted meanwhile neither repeat nor
/// hide others. Travels as opaque base64url and carries a fingerprint of the query that it belongs to.
struct PageCursor {
  std::int64_t key = 0, id = 0;
  std::uint32_t fingerprint = 0;
};

std::string encode_cursor(const PageCursor& cursor);
/// Nothing for a text that encode_cursor did not write, or that belongs to another query.
std::optional<PageCursor> decode_cursor(std::string_view text, std::uint32_t fingerprint);

/// FNV-1a over the parts of a query that must not change from page to page.
class Fingerprint {
 public:
  Fingerprint& add(std::string_view part);
  Fingerprint& add(std::int64_t part);
  std::uint32_t value() const { return hash_; }

 private:
  std::uint32_t hash_ = 2166136261u;
};

}  // namespace tapewatch::storage
