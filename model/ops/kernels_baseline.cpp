// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"
#include "model/ops/kernel_templates.hpp"

namespace tapewatch::model {
namespace {

struct Baseline {
  static constexpr std::size_t kWidth = 4, kTileRows = 2, kTilePanels = 1;
  using Vector = float __attribute__((vector_size(16)));
  using IntVector = int __attribute__((vector_size(16)));
  static inline __attribute__((always_inline)) Vector fma(Vector a, Vector b, Vector c) { return a * b + c; }
};

}  // namespace

const Kernels kBaselineKernels = make_kernels<Baseline>("baseline");

}  // namespace tapewatch::model
