// Tested by tests/alerts/detector/surge_engine_test.cpp
#include <algorithm>

#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {

void SeriesBaseline::unlearn(std::int64_t hour, SharedBaseline& shared) {
  for (std::int64_t x = std::max({hour, first_, hour_ - kHours + 1}); x < closed_end(); ++x) {
    HourCell& it = cells_[place(x)];
    if (it.excluded) continue;
    note_change(x);
    const double before = seasonal(x);
    it.excluded = true;
    const double beyond = std::max(0.0, it.taught - it.mean());
    count_ -= beyond;
    it.taught = static_cast<float>(it.taught - beyond);
    if (!it.unwatched) correct(x, seasonal(x) - before, shared);
  }
  count_ = std::max(0.0, count_);
}

void SeriesBaseline::readmit(std::int64_t hour, SharedBaseline& shared, std::size_t series) {
  for (std::int64_t x = std::max({hour, first_, hour_ - kHours + 1}); x < closed_end(); ++x) {
    HourCell& it = cells_[place(x)];
    if (!it.excluded) continue;
    note_change(x);
    const double before = seasonal(x);
    it.excluded = false;
    if (it.unwatched) continue;
    const double taught = std::min<double>(it.count, most_taught(it, shared, series));
    count_ += taught - it.taught;
    it.taught = static_cast<float>(taught);
    correct(x, seasonal(x) - before, shared);
  }
}

void SeriesBaseline::accept(std::int64_t hour) {
  double votes = 0.0;
  double factors = 0.0;
  for (std::int64_t x = std::max({hour, first_, hour_ - kHours + 1}); x < closed_end(); ++x) {
    votes += cell(x).count;
    factors += cell(x).factor;
  }
  if (factors <= 0.0) return;
  count_ = votes;
  exposure_ = factors;
}

}  // namespace tapewatch::alerts
