#pragma once

#include <cstddef>

namespace tapewatch::model {

/// What a configuration file may ask for: far beyond any encoder that this runtime serves in time; they keep a damaged
/// number from becoming an allocation.
inline constexpr std::size_t kMaxWidth = 1U << 16, kMaxLayers = 256, kMaxWindow = 1U << 16, kMaxVocabulary = 1U << 22;

}  // namespace tapewatch::model
