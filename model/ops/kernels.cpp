#include "model/ops/kernels.hpp"

#include <algorithm>
#include <vector>

#include "model/ops/kernel_sets.hpp"

namespace tapewatch::model {

std::span<const Kernels* const> available_kernels() {
  static const std::vector<const Kernels*> sets = [] {
    std::vector<const Kernels*> found{&kPortableKernels};
#if defined(__x86_64__)
    // __builtin_cpu_supports also checks that the system saves the wide registers.
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      found.push_back(&kAvx2Kernels);
      if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
        found.push_back(&kAvx512Kernels);
        if (__builtin_cpu_supports("avx512vnni")) found.push_back(&kAvx512VnniKernels);
      }
    }
#endif
    return found;
  }();
  return sets;
}

const Kernels& best_kernels() { return *available_kernels().back(); }

const Kernels* kernels_named(std::string_view name) {
  if (name == "auto") return &best_kernels();
  const auto sets = available_kernels();
  const auto found = std::ranges::find(sets, name, &Kernels::name);
  return found == sets.end() ? nullptr : *found;
}

}  // namespace tapewatch::model
