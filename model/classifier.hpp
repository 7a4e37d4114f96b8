#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/logit_cache.hpp"
#include "model/package/model_package.hpp"
#include "model/text_classifier.hpp"

namespace tapewatch::model {

/// How texts are read.
struct ReadingOptions {
  std::size_t max_windows = 8;             // of the model's window each, overlapping by half (windows.hpp)
  bool whole_last_layer = false;           // also of states that no head needs: the scores are the same, for measuring
  Prior prior = {};                        // rules that adjust the sentiment and topic of the text
  std::shared_ptr<LogitCache> cache = {};  // of the same package, for texts without removed parts; null: none
};

/// Scores texts. One per thread: it owns its buffers; the package behind it is shared. Every output element of every
/// layer is one sum in one fixed order over its own text's data.
class Classifier final : public TextClassifier {
 public:
  explicit Classifier(std::shared_ptr<const ModelPackage> package, ReadingOptions reading = {});
  ~Classifier() override;
  Classifier(Classifier&&) noexcept;
  Classifier& operator=(Classifier&&) noexcept;

  std::vector<Prediction> classify(std::span<const TextInput> texts) override;
  std::vector<Prediction> classify(std::span<const std::string_view> texts);
  /// Into `predictions`, of the same size. Once its buffers have grown to the texts, it allocates nothing.
  void classify(std::span<const TextInput> texts, std::span<Prediction> predictions);

  Encoding read(std::string_view text) const override;
  BoilerplateSpans left_out(std::string_view text) const override;
  ComparisonReading comparisons(std::string_view text) const override;
  const Prior& prior() const override;

  const ModelPackage& package() const { return *package_; }

 private:
  struct Workspace;

  std::shared_ptr<const ModelPackage> package_;
  std::unique_ptr<Workspace> workspace_;
};

}  // namespace tapewatch::model
