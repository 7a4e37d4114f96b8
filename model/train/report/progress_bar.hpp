#pragma once
#include <cstdint>
#include <cstdio>
#include <string>

namespace tapewatch::model::train {

/// Where a run stands, for people.
struct RunState {
  std::int64_t epoch = 0, epochs = 0;  // epoch from 1
  std::int64_t step = 0, steps = 0;    // of the epoch
  double loss = 0.0;                   // mean since the epoch's beginning
  std::string accuracy;                // " sentiment 0.9012 topic 0.8345", likewise
  double seconds_a_step = 0.0, seconds_left = 0.0;
};
/// "epoch 1 step 20/1037 loss 0.4517 sentiment 0.9026 0.98 s/step, 12 min left"
std::string state_line(const RunState& state);
/// The same behind a bar, in at most `width` columns: "[#####-----] …"
std::string state_bar(const RunState& state, std::size_t width);

/// Output of a run: on a terminal one line that is drawn anew with every step, below the lines that stay; elsewhere
/// lines only.
class ProgressBar {
 public:
  explicit ProgressBar(std::FILE* out);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool live() const { return live_; }
  /// A line that stays.
  void line(const std::string& text);
  /// Nothing where it is not live.
  void draw(const RunState& state);

 private:
  void clear();

  std::FILE* out_;
  bool live_;
  bool drawn_ = false;
};

}  // namespace tapewatch::model::train
