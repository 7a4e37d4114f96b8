// Tested by tests/alerts/detector/surge_engine_test.cpp
// How a series counts votes.
#include <algorithm>

#include "alerts/detector/event_minutes.hpp"
#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {

void SeriesBaseline::add_vote(std::int64_t minute) {
  if (minutes_.empty()) minutes_.resize(static_cast<std::size_t>(kMinutes));
  if (minute > minute_) {
    for (std::int64_t m = std::max(minute_ + 1, minute - kMinutes + 1); m <= minute; ++m) minutes_[minute_place(m)] = 0;
    minute_ = minute;
  }
  if (minute > minute_ - kMinutes) ++minutes_[minute_place(minute)];
  const std::int64_t hour = hour_of_minute(minute);
  ++cells_[place(hour)].count;
  if (hour != hour_ || closed_) note_change(hour);
}

/// A window ends in the last three hours and is as long at most where minutes matter.
void SeriesBaseline::forget_minutes() {
  if (minute_ < (hour_ + 1) * 60 - 2 * kMinutes) minutes_ = {};
}

bool SeriesBaseline::put_back(std::int64_t minute) {
  if (!knows(hour_of_minute(minute))) return false;
  add_vote(minute);
  return true;
}

bool SeriesBaseline::take_back(std::int64_t minute) {
  const std::int64_t hour = hour_of_minute(minute);
  if (!knows(hour) || cell(hour).count == 0) return false;
  --cells_[place(hour)].count;
  if (minute_count(minute) > 0) --minutes_[minute_place(minute)];
  if (hour != hour_ || closed_) note_change(hour);
  return true;
}

bool SeriesBaseline::count(std::int64_t minute, SharedBaseline& shared) {
  const std::int64_t hour = hour_of_minute(minute);
  if (!knows(hour)) return false;
  add_vote(minute);
  HourCell& it = cells_[place(hour)];
  if (hour == hour_ && !closed_) return true;
  if (it.unwatched) return true;
  const double before = seasonal(hour);  // the hour is closed: the level hears of it now
  if (!it.excluded && it.taught + 1.0 <= most_taught(it, shared, 2)) {
    it.taught += 1.0f;
    count_ += 1.0;
  }
  correct(hour, seasonal(hour) - before, shared);
  return true;
}

}  // namespace tapewatch::alerts
