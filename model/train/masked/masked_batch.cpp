// Tested by tests/train/masked/masked_training_test.cpp
#include "model/train/masked/masked_batch.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model::train {
namespace {

constexpr double kAsMask = 0.8, kAsOther = 0.1;

/// `count` different places of [first, last).
std::vector<std::size_t> choose(std::size_t first, std::size_t last, std::size_t count, Random& random) {
  std::vector<std::size_t> places;
  for (std::size_t place = first; place < last; ++place) places.push_back(place);
  for (std::size_t i = 0; i < count; ++i) {
    const auto left = static_cast<double>(places.size() - i);
    std::swap(places[i], places[i + static_cast<std::size_t>(uniform(random) * left)]);
  }
  places.resize(count);
  return places;
}

torch::Tensor as_tensor(const std::vector<std::int64_t>& values) { return torch::tensor(values, torch::kLong); }

}  // namespace

MaskedBatch make_masked_batch(std::span<const std::vector<std::int64_t>> rows, const Vocabulary& vocabulary,
                              double share, Random& random) {
  std::size_t longest = 1;
  for (const auto& row : rows) longest = std::max(longest, row.size());
  const auto count = static_cast<std::int64_t>(rows.size()), width = static_cast<std::int64_t>(longest);
  MaskedBatch batch{.ids = torch::zeros({count, width}, torch::kLong), .mask = torch::zeros({count, width})};
  const auto masked = vocabulary.find("[MASK]");
  const std::int64_t mask_id = masked == Vocabulary::kNone ? vocabulary.unknown() : masked;
  std::vector<std::int64_t> places, guessed;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    auto row = rows[r];
    const std::size_t pieces = row.size() - 2;
    const auto hidden = static_cast<std::size_t>(std::lround(share * static_cast<double>(pieces)));
    for (const auto place : choose(1, 1 + pieces, std::min(pieces, std::max<std::size_t>(hidden, 1)), random)) {
      places.push_back(static_cast<std::int64_t>(r * longest + place));
      guessed.push_back(row[place]);
      const double how = uniform(random);
      if (how < kAsMask) row[place] = mask_id;
      if (how >= 1 - kAsOther) {
        row[place] = static_cast<std::int64_t>(uniform(random) * static_cast<double>(vocabulary.size()));
      }
    }
    std::copy(row.begin(), row.end(), batch.ids.data_ptr<std::int64_t>() + r * longest);
    std::fill_n(batch.mask.data_ptr<float>() + r * longest, row.size(), 1.0F);
  }
  batch.places = as_tensor(places);
  batch.guessed = as_tensor(guessed);
  return batch;
}

}  // namespace tapewatch::model::train
