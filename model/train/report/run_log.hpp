#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/train/learn/validation.hpp"

namespace tapewatch::model::train {

/// One point of the learning curves.
struct CurvePoint {
  std::int64_t step = 0;  // of the whole run
  std::string name;       // "train/loss", "valid/sentiment/tfn/accuracy", …
  double value = 0.0;
};

/// The learning curves of a run in its output directory: `curves.tsv` (step, name, value; appended) and a TensorBoard
/// event file (tensorboard.hpp). A resumed run appends; of several points for one step the last counts. A new run
/// removes the files of an earlier one.
class RunLog {
 public:
  /// `folder` "": nothing is written.
  RunLog(std::string folder, bool goes_on);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void add(std::int64_t step, const std::vector<std::pair<std::string, double>>& values);
  /// All points in the folder, by name and step.
  std::vector<CurvePoint> points() const;

 private:
  struct Files;
  std::string folder_;
  std::unique_ptr<Files> files_;
};

}  // namespace tapewatch::model::train
