#pragma once

#include <cstddef>
#include <span>

namespace tapewatch::model {

/// How far the probabilities that two models give for the same rows are apart.
struct Agreement {
  std::size_t rows = 0, same_label = 0;  // of the rows, those whose most probable class is the same
  double largest_difference = 0;         // of the probabilities of a class

  /// One row's probabilities over the same classes.
  void add(std::span<const float> one, std::span<const float> other);
  /// Of rows with the same label; 0 without rows.
  double share() const;
};

}  // namespace tapewatch::model
