#pragma once

#include "model/ops/kernels.hpp"

namespace tapewatch::model {

/// Plain C++, for every CPU.
extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;        // AVX2 and FMA
extern const Kernels kAvx512Kernels;      // AVX-512 F and BW
extern const Kernels kAvx512VnniKernels;  // these and VNNI
#endif

}  // namespace tapewatch::model
