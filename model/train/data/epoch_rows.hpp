#pragma once
#include <cstdint>
#include <vector>

#include "model/train/data/run_data.hpp"
#include "model/train/data/soft_labels.hpp"

namespace tapewatch::model::train {

/// The texts of an epoch: all labelled ones, and for each of these `ratio` texts without labels that a teacher covers,
/// different ones every epoch (epoch_share).
class EpochRows {
 public:
  /// Throws std::runtime_error if there are texts without labels that no teacher covers.
  EpochRows(const RunData& data, const SoftLabels& soft, double ratio, std::uint64_t seed);

  /// Texts in an epoch.
  std::size_t size() const { return labelled_ + unlabelled_an_epoch_; }
  std::size_t unlabelled() const { return taught_.size(); }
  std::size_t unlabelled_an_epoch() const { return unlabelled_an_epoch_; }
  /// Places in RunData::train.
  std::vector<std::size_t> rows(std::int64_t epoch) const;

 private:
  std::size_t labelled_;
  std::vector<std::size_t> taught_;  // places of the unlabelled texts that a teacher covers
  std::size_t unlabelled_an_epoch_ = 0;
  std::uint64_t seed_;
};

}  // namespace tapewatch::model::train
