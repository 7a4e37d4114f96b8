#pragma once
#include "model/train/data/run_data.hpp"
#include "model/train/learn/losses.hpp"
#include "model/train/network/rank_allocator.hpp"
#include "model/train/network/trained_tensors.hpp"
#include "model/train/train_options.hpp"

namespace tapewatch::model::train {

/// Translates a run's options for the parts that learn.
RateOptions rates(const TrainOptions& options);
LossOptions loss_options(const TrainOptions& options, const RunData& data, const NetworkShape& shape);
/// `steps`: of the whole run; `adapters`: matrices with an adapter.
RankBudget rank_budget(const TrainOptions& options, double steps, std::size_t adapters);

}  // namespace tapewatch::model::train
