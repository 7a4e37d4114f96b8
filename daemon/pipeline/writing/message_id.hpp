#pragma once

#include <fmt/format.h>
#include <xxhash.h>

#include <string>

namespace tapewatch {

/// The `webhook-id` of a message, which follows from what tells it apart: the same message always has the same id.
inline std::string message_id(const std::string& identity) {
  const XXH128_hash_t hash = XXH3_128bits(identity.data(), identity.size());
  return fmt::format("msg_{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace tapewatch
