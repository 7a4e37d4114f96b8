#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace tapewatch::storage {

/// The probabilities of all topics as `document.topics` holds them: the byte 1, then two bytes for each, least
/// significant first, in 65,535ths, so that what is read differs by at most 1/131,070. Values outside [0, 1] become the
/// nearer end. Nothing for none.
std::vector<std::byte> to_bytes(std::span<const float> probabilities);

/// What to_bytes has written; 4-byte floats, as they were written up to step 26. Bytes of neither form give nothing.
std::vector<float> probabilities_from(std::span<const std::byte> bytes);

}  // namespace tapewatch::storage
