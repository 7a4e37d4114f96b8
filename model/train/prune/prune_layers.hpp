#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <vector>

#include "model/train/prune/prune_model.hpp"

namespace tapewatch::model::train {

/// Which `count` of `layers` layers stay: the first ones, or (`even`) the last of `count` equal shares. Throws
/// ModelError if there are fewer.
std::vector<std::size_t> choose_layers(std::size_t layers, std::size_t count, bool even);

/// `tensors`, a map by name, with these of the encoder's layers under new numbers and without the others.
template <class Tensors>
Tensors with_layers(const Tensors& tensors, std::span<const std::size_t> kept) {
  Tensors some;
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with("encoder.layer.")) some[name] = tensor;
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto from = fmt::format("encoder.layer.{}.", kept[i]);
    for (const auto& [name, tensor] : tensors) {
      if (name.starts_with(from)) some[fmt::format("encoder.layer.{}.{}", i, name.substr(from.size()))] = tensor;
    }
  }
  return some;
}

/// Keeps these layers, ascending, under new numbers; removes the others. Throws ModelError for a missing layer.
void keep_layers(PrunableModel& model, const std::vector<std::size_t>& kept);

}  // namespace tapewatch::model::train
