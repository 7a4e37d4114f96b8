// Tested by tests/train/data/row_formats_test.cpp
#include "model/train/data/epoch_rows.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "model/train/data/batches.hpp"

namespace tapewatch::model::train {

EpochRows::EpochRows(const RunData& data, const SoftLabels& soft, double ratio, std::uint64_t seed)
    : labelled_(data.labelled), seed_(seed) {
  for (auto i = labelled_; i < data.train.size(); ++i) {
    if (soft.covers(i)) taught_.push_back(i);
  }
  if (taught_.empty() && labelled_ < data.train.size()) {
    throw std::runtime_error(
        "no teacher covers the unlabelled texts: write its soft labels with --predict and the same --unlabelled, "
        "and name them with --teacher");
  }
  const double wanted = std::round(ratio * static_cast<double>(labelled_));
  unlabelled_an_epoch_ =
      wanted < static_cast<double>(taught_.size()) ? static_cast<std::size_t>(wanted) : taught_.size();
}

std::vector<std::size_t> EpochRows::rows(std::int64_t epoch) const {
  std::vector<std::size_t> rows(labelled_);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto more = epoch_share(taught_, unlabelled_an_epoch_, seed_, epoch);
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace tapewatch::model::train
