#include "storage/document/title_hash.hpp"

#include <xxhash.h>

#include <bit>

namespace tapewatch::storage {

std::optional<std::int64_t> title_hash(std::string_view story_key) {
  if (story_key.empty()) return std::nullopt;
  return std::bit_cast<std::int64_t>(static_cast<std::uint64_t>(XXH3_64bits(story_key.data(), story_key.size())));
}

}  // namespace tapewatch::storage
