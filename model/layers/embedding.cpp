// Tested by tests/model/encoder_test.cpp
#include "model/layers/embedding.hpp"

namespace tapewatch::model {

void Embedding::apply(const Kernels& kernels, const Batch& batch, float eps, float* out) const {
  const std::size_t hidden = norm.gamma.size();
  float* row = out;
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    for (std::size_t i = 0; i < batch.length(text); ++i, row += hidden) {
      words.read(static_cast<std::size_t>(batch.ids[batch.starts[text] + i]), {row, hidden});
      const float* position = positions.data() + i * hidden;
      for (std::size_t k = 0; k < hidden; ++k) row[k] += position[k];
    }
  }
  norm.apply(kernels, out, nullptr, batch.tokens(), eps);
}

}  // namespace tapewatch::model
