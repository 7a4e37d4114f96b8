// Tested by tests/model/published/model_import_test.cpp
#include "model/layers/pooler.hpp"

#include <algorithm>

#include "model/ops/elementary.hpp"

namespace tapewatch::model {

void Pooler::apply(const Kernels& kernels, const float* x, std::size_t rows, float* y) const {
  dense.apply(kernels, x, dense.inputs(), rows, y);
  for (float& value : std::span(y, rows * dense.outputs())) {
    value = activation == Activation::tanh ? hyperbolic_tangent(value) : std::max(value, 0.0F);
  }
}

}  // namespace tapewatch::model
