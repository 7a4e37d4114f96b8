#pragma once

#include <cstddef>
#include <span>
#include <variant>

#include "model/layers/fp32_steps.hpp"
#include "model/layers/int8_steps.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"
#include "model/package/weights.hpp"
#include "model/text/batch.hpp"

namespace tapewatch::model {

/// The states that the caller needs; the last layer computes only these.
enum class States { all_tokens, first_tokens };

/// The BERT encoder over a ragged batch, with its buffers: one per thread.
class Encoder {
 public:
  /// `weights` must outlive the encoder; int8 weights are computed with the kernels that they were packed for. Texts of
  /// at most `max_tokens`.
  Encoder(const EncoderWeights& weights, std::size_t max_tokens, const Kernels& kernels = best_kernels());

  /// The last layer's states, [batch.tokens(), hidden] or [batch.texts(), hidden], until the next call. Each row
  /// depends, bit for bit, on its own text alone.
  std::span<const float> encode(const Batch& batch, States states);

 private:
  template <class Steps>
  void apply(Steps& steps, std::size_t layer, const Batch& batch, States states);

  const EncoderWeights* weights_;
  const Kernels* kernels_;
  std::variant<Fp32Steps, Int8Steps> steps_;
  FloatBuffer states_;       // [rows, hidden]: the layer's input, then its output
  FloatBuffer projections_;  // [tokens, 3 · the layer's attention width], at most 3 · hidden
  FloatBuffer context_;      // [rows, the layer's attention width]
};

}  // namespace tapewatch::model
