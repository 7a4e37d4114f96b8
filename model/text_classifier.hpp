#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/prediction.hpp"
#include "model/reading.hpp"
#include "model/rules.hpp"
#include "model/text/boilerplate.hpp"
#include "model/text/comparisons.hpp"

namespace tapewatch::model {

/// What the figures of a text say, by rule and not by the network.
struct ComparisonReading {
  Comparisons found;
  std::optional<Sentiment> says;  // none if there are none or they contradict each other
  float logits = 0;               // added to the document's log-odds of `says`
};

/// Scores texts: on the calling thread (Classifier) or on the workers of a Scheduler.
///
/// Guarantee: a text's prediction does not depend, bit for bit, on the other texts of the call, on their order, on the
/// number of threads or on who computes it; nor on the entities asked about, nor do these depend on each other.
class TextClassifier {
 public:
  virtual ~TextClassifier() = default;

  /// One prediction per text, in the same order. Any bytes are accepted; an empty text is scored as [CLS] [SEP]. Any
  /// number of texts: memory is bounded by the largest batch. One pass of the encoder serves all entities of a text; a
  /// model without an entity head answers none.
  virtual std::vector<Prediction> classify(std::span<const TextInput> texts) = 0;

  /// The pieces of a text that are read, all windows together.
  virtual Encoding read(std::string_view text) const = 0;
  /// What is not read of it, as boilerplate; none if the model reads all.
  virtual BoilerplateSpans left_out(std::string_view text) const = 0;
  /// The figures side by side that count, and the logits that they add to the class which they say.
  virtual ComparisonReading comparisons(std::string_view text) const = 0;
  virtual const Prior& prior() const = 0;
};

}  // namespace tapewatch::model
