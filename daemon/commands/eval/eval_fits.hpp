#pragma once

#include <string>

#include "daemon/commands/eval/eval_task.hpp"

namespace tapewatch {

/// How much rules should count: one number, by the loss on the rows as the network alone scored them. One JSON object.
std::string mixing_fit(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                       const model::LabelledTask& task);

/// Whether the model is as sure as it may be: the calibration error as it is, and with a temperature learned on the
/// rows of the other folds. One JSON object; throws LabelledDataError where there are fewer rows than folds.
std::string calibration_fit(const model::ModelPackage& package, const LabelledScores& scores,
                            const model::LabelledTask& task, std::size_t folds);

}  // namespace tapewatch
