#pragma once

#include <string>

#include "daemon/commands/eval/eval_task.hpp"

namespace tapewatch {

/// Finds the weight of the rules by the loss on the rows as scored by the network alone. Prints one JSON object.
std::string mixing_fit(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                       const model::LabelledTask& task);

/// Finds where neutral begins for these labels, with rules if `prior` has some; with `by_source` for each source of
/// enough rows too. Prints one JSON object; throws LabelledDataError for fewer than kLeastNeutralRows rows
/// or rows of one kind.
std::string neutral_fit(const model::ModelPackage& package, const model::Prior& prior, const LabelledScores& scores,
                        const model::LabelledTask& task, bool by_source);

/// Measures the calibration error as it is, and with a temperature learned on the rows of the other folds. Prints one
/// JSON object; throws LabelledDataError if there are fewer rows than folds.
std::string calibration_fit(const model::ModelPackage& package, const LabelledScores& scores,
                            const model::LabelledTask& task, std::size_t folds);

}  // namespace tapewatch
