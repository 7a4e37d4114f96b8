#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace tapewatch::model::train {

/// The progress of a run, for people.
struct RunState {
  std::int64_t epoch = 0, epochs = 0;  // epoch from 1
  std::int64_t step = 0, steps = 0;    // of the epoch
  double loss = 0.0;                   // mean since the start of the epoch
  std::string accuracy;                // " sentiment 0.9012 topic 0.8345", likewise
  double seconds_a_step = 0.0, seconds_left = 0.0;
};
/// "epoch 1 step 20/1037 loss 0.4517 sentiment 0.9026 0.98 s/step, 12 min left"
std::string state_line(const RunState& state);
/// The same after a bar, in at most `width` columns: "[#####-----] …"
std::string state_bar(const RunState& state, std::size_t width);

/// Output of a run: on a terminal one line that is redrawn with every step, below the permanent lines; elsewhere only
/// lines.
class ProgressBar {
 public:
  explicit ProgressBar(std::FILE* out);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool live() const { return live_; }
  /// A permanent line.
  void line(const std::string& text);
  /// Does nothing unless live.
  void draw(const RunState& state);

 private:
  void clear();

  std::FILE* out_;
  bool live_;
  bool drawn_ = false;
};

}  // namespace tapewatch::model::train
