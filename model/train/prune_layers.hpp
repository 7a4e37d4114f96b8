#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "model/train/prune_model.hpp"

namespace tapewatch::model::train {

/// Which `count` of `layers` layers stay: the first ones, or (`even`) the last of `count` equal shares. Throws
/// ModelError where there are not so many.
std::vector<std::size_t> choose_layers(std::size_t layers, std::size_t count, bool even);

/// Keeps these layers, ascending, under new numbers; the others go. Throws ModelError for a layer that there is not.
void keep_layers(PrunableModel& model, const std::vector<std::size_t>& kept);

}  // namespace tapewatch::model::train
