#pragma once

#include <cstddef>

namespace tapewatch::model {

/// Nothing but 8-bit dot products between registers (VPDPBUSD), none of which waits for the one before it: for a caller
/// who measures what a core reaches at most. Returns the operations that were done, a product and a sum as two; 0 at
/// once on a processor without AVX512-VNNI.
double compute_int8_peak(std::size_t rounds);

}  // namespace tapewatch::model
