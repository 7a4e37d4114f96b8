#pragma once

#include <cstddef>
#include <span>

#include "model/layers/dense.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/aligned_buffer.hpp"
#include "model/text/batch.hpp"

namespace tapewatch::model {

/// The weights of the entity head: what a text says about one entity that it mentions. `heads` is 0 in a model without
/// one.
struct EntityHead {
  std::size_t heads = 0;
  Dense query;       // hidden → hidden
  Dense key_value;   // hidden → [key | value], 2 · hidden
  Dense output;      // hidden → hidden
  Dense classifier;  // [mention | attended], 2 · hidden → 3 logits
  Dense risk;        // the same → logits of events and gravities; no outputs in a model without risk head

  bool present() const { return heads > 0; }
};

/// An entity asked about: the tokens of its mentions in text `text` of the batch, disjoint. None: the whole text.
struct EntityQuestion {
  std::size_t text = 0;
  std::span<const TokenRange> mentions;  // a view
};

/// Evaluates the entity head, with the buffers of one thread.
///
/// m = the mean of the mentions' states; Q = Wq·m + bq, K = Wk·X + bk, V = Wv·X + bv over the states X of the text, for
/// each head softmax(Q·Kᵀ / √(hidden / heads))·V (Vaswani et al. 2017), concatenated, and o = Wo·(…) + bo; the logits
/// are Wc·[m ; gelu(o)] + bc, those of the risk Wr·[m ; gelu(o)] + br. A question's logits depend, bit for bit, on its
/// own text and mentions alone.
class EntityAttention {
 public:
  /// `states` [batch.tokens(), hidden], the encoder's last; `questions` in the order of their texts, so that keys and
  /// values are computed once per text. → logits [questions, 3], until the next call.
  std::span<const float> apply(const Kernels& kernels, const EntityHead& head, const Batch& batch, const float* states,
                               std::span<const EntityQuestion> questions);
  /// Of the questions of the last apply(): logits [questions, head.risk.outputs()].
  std::span<const float> risks() const { return risks_.span(); }

 private:
  void reserve(std::size_t tokens, std::size_t questions, const EntityHead& head);
  void project(const Kernels& kernels, const EntityHead& head, const Batch& batch, const float* states,
               std::span<const EntityQuestion> questions);
  void attend(const Kernels& kernels, const EntityHead& head, TokenRange rows, const float* query, float* context);

  FloatBuffer joined_;       // [questions, 2 · hidden]: mention | attended
  FloatBuffer queries_;      // [questions, hidden]
  FloatBuffer projections_;  // [tokens, 2 · hidden]: key | value, of texts that are asked about
  FloatBuffer weights_;      // [heads, tokens of a text]
  FloatBuffer context_;      // [questions, hidden]
  FloatBuffer attended_;     // [questions, hidden]
  FloatBuffer logits_;       // [questions, 3]
  FloatBuffer risks_;        // [questions, outputs]
};

}  // namespace tapewatch::model
