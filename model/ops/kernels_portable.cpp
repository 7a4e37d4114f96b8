// Tested by tests/model/ops/kernels_test.cpp
#include "model/ops/kernel_sets.hpp"
#include "model/ops/kernel_templates.hpp"
#include "model/ops/templates/portable_set.hpp"

namespace tapewatch::model {

const Kernels kPortableKernels = make_kernels<PortableSet<FourFloats>>("portable");

}  // namespace tapewatch::model
