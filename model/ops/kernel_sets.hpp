#pragma once

#include "model/ops/kernels.hpp"

namespace tapewatch::model {

/// Plain C++ over vectors of four floats, which every CPU of the architecture supports.
extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;    // AVX2 and FMA
extern const Kernels kAvx512Kernels;  // AVX-512 F
#endif

}  // namespace tapewatch::model
