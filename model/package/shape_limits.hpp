#pragma once

#include <cstddef>

namespace tapewatch::model {

/// Limits on a configuration file: far beyond any encoder that this runtime can serve fast enough; they prevent a
/// damaged number from causing a huge allocation.
inline constexpr std::size_t kMaxWidth = 1U << 16, kMaxLayers = 256, kMaxWindow = 1U << 16, kMaxVocabulary = 1U << 22;

}  // namespace tapewatch::model
