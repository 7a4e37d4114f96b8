#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/encoder.hpp"
#include "model/layers/entity_head.hpp"
#include "model/logit_cache.hpp"
#include "model/package/model_package.hpp"
#include "model/reading.hpp"
#include "model/text/batch.hpp"

namespace tapewatch::model {

/// Runs the encoder and the heads over windows, with the buffers of one thread. The logits of a window and of a
/// question do not depend, bit for bit, on the others of the call.
class WindowScorer {
 public:
  /// `package` must outlive the scorer. The last layer computes only the states that heads need, or all of them.
  explicit WindowScorer(const ModelPackage& package, bool whole_last_layer = false);

  /// Window i of `plan` reads pieces of encodings[plan.windows[i].text]. Questions need a model with an entity head.
  /// Windows that are in `cache` are not run; the others are put into it. Null: none.
  void score(const ReadingPlan& plan, std::span<const Encoding> encodings, LogitCache* cache = nullptr);

  /// Logits before temperature, until the next score(): [3], [topics], [3]; of risks [ModelConfig::risk_outputs()].
  std::span<const float> sentiment(std::size_t window) const;
  std::span<const float> topics(std::size_t window) const;
  std::span<const float> entity(std::size_t question) const;
  std::span<const float> risk(std::size_t window) const;
  std::span<const float> entity_risk(std::size_t question) const;

 private:
  void score_batches(const ReadingPlan& plan, std::span<const Encoding> encodings);
  bool recall(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window, LogitCache& cache);
  void remember(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window, LogitCache& cache);
  void make_key(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window);
  std::array<std::span<float>, 5> logits_of(std::size_t window);
  void score_batch(const ReadingPlan& plan, std::span<const std::size_t> windows);
  void answer(const ReadingPlan& plan, std::span<const std::size_t> windows, const float* states);
  const float* pool(std::span<const float> states);
  const float* transform(const float* pooled);
  std::span<const float> apply_head(const Dense& head, const float* pooled);
  void score_sentiment(const float* pooled, std::span<const std::size_t> windows);
  /// A head without further steps, into `logits` of all windows.
  void score_plainly(const Dense& head, const float* pooled, std::span<const std::size_t> windows, FloatBuffer& logits);

  const ModelPackage* package_;
  const Kernels* kernels_;
  bool whole_last_layer_;
  Encoder encoder_;
  EntityAttention attention_;
  Batch batch_;
  std::vector<std::size_t> order_;            // windows to be run, by length
  std::vector<std::size_t> first_questions_;  // of each window, and the number of questions
  std::vector<std::size_t> asked_;            // the index of each question in questions_
  std::vector<EntityQuestion> questions_;     // of the batch
  FloatBuffer pooled_, transformed_, outputs_, sentiment_, topics_, entities_, risks_, entity_risks_;
  std::vector<std::int32_t> key_;  // of the window in hand, for the cache
  std::vector<float> logits_;      // all of its, one after another
};

}  // namespace tapewatch::model
