#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// What two tellings of one story share: 32 hex digits over the title with NFKC and case folding, without links,
/// punctuation and a trailing " - Source". Never empty; a title of nothing but punctuation is hashed as it stands.
/// Frozen: stored keys are compared with it. What tells one story is decided by story_signature().
std::string story_key(std::string_view title);

}  // namespace tapewatch::ingest
