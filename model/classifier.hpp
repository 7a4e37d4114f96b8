#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/logit_cache.hpp"
#include "model/package/model_package.hpp"
#include "model/prediction.hpp"
#include "model/reading.hpp"
#include "model/rules.hpp"

namespace tapewatch::model {

/// How texts are read.
struct ReadingOptions {
  std::size_t max_windows = 8;             // of the model's window each, overlapping by half (windows.hpp)
  Prior prior = {};                        // rules that adjust the sentiment and topic of the text
  std::shared_ptr<LogitCache> cache = {};  // of the same package, for texts without removed parts; null: none
};

/// Scores texts. One per thread: it owns its buffers; the package behind it is shared.
///
/// Guarantee: a text's prediction does not depend, bit for bit, on the other texts of the call, on their order or on
/// the number of threads; nor on the entities asked about, nor do these depend on each other. Every output element of
/// every layer is one sum in one fixed order over its own text's data.
class Classifier {
 public:
  explicit Classifier(std::shared_ptr<const ModelPackage> package, ReadingOptions reading = {});
  ~Classifier();
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  /// One prediction per text, in the same order. Any bytes are accepted; an empty text is scored as [CLS] [SEP]. Any
  /// number of texts: memory is bounded by the largest batch. One pass of the encoder serves all entities of a text; a
  /// model without an entity head answers none.
  std::vector<Prediction> classify(std::span<const TextInput> texts);
  std::vector<Prediction> classify(std::span<const std::string_view> texts);

  /// The pieces of a text that are read, all windows together.
  Encoding read(std::string_view text) const;
  const Prior& prior() const;

  const ModelPackage& package() const { return *package_; }

 private:
  struct Workspace;

  std::shared_ptr<const ModelPackage> package_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace tapewatch::model
