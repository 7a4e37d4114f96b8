#include "model/ops/kernels.hpp"

#include <vector>

#include "model/ops/kernel_sets.hpp"

namespace tapewatch::model {

std::span<const Kernels* const> available_kernels() {
  static const std::vector<const Kernels*> sets = [] {
    std::vector<const Kernels*> found{&kBaselineKernels};
#if defined(__x86_64__)
    // __builtin_cpu_supports also checks that the system saves the wide registers.
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      found.push_back(&kAvx2Kernels);
      if (__builtin_cpu_supports("avx512f")) found.push_back(&kAvx512Kernels);
    }
#endif
    return found;
  }();
  return sets;
}

const Kernels& best_kernels() { return *available_kernels().back(); }

}  // namespace tapewatch::model
