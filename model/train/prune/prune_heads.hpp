#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "model/train/prune/prune_model.hpp"

namespace tapewatch::model::train {

/// A number for each head of each layer: [layer][head].
using HeadValues = std::vector<std::vector<double>>;
/// The heads that stay, ascending: [layer].
using KeptHeads = std::vector<std::vector<std::size_t>>;

/// How much worse the model is without each head: the loss with the head's output set to zero minus the normal loss,
/// one head at a time (Michel, Levy & Neubig 2019, "Are Sixteen Heads Really Better than One?", section 3.2, with the
/// loss in place of the score). `loss` is called once for the model and once per head; `model` is unchanged at the end.
HeadValues head_importance(PrunableModel& model, const std::function<double(const ModelPackage&)>& loss);

/// The `count` most important heads of each layer, or all if it has fewer.
KeptHeads choose_heads(const HeadValues& importance, std::size_t count);
/// The most important `share` of all heads (rounded up), and of every layer at least its best one.
KeptHeads choose_heads_overall(const HeadValues& importance, double share);

/// Removes the other heads: their rows of query, key and value, their columns of the attention's output. The size of a
/// head stays. The result equals the model with those heads' outputs set to zero.
void keep_heads(PrunableModel& model, const KeptHeads& kept);

}  // namespace tapewatch::model::train
