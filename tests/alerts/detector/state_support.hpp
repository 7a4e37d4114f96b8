#pragma once
// What the tests of a detector's stored state share.
#include <algorithm>
#include <map>

#include "tests/alerts/detector/news_stream.hpp"

namespace tapewatch::alerts::test {

/// What storage does with the parts.
class Shelf {
 public:
  void save(TrendDetector& detector) {
    for (SeriesState& part : detector.take_dirty()) {
      if (part.blob.empty()) {
        rows_.erase({part.rule, part.key});
      } else {
        rows_[{part.rule, part.key}] = part.blob;
      }
    }
  }
  std::vector<SeriesState> load() const {
    std::vector<SeriesState> out;
    for (auto it = rows_.rbegin(); it != rows_.rend(); ++it)  // in no particular order
      out.push_back({it->first.first, it->first.second, it->second});
    return out;
  }
  auto& rows() { return rows_; }

 private:
  std::map<std::pair<std::string, std::string>, std::string> rows_;
};

inline std::vector<Observation> eventful_stream() {
  StreamOptions options;
  options.series = 8;
  options.days = 6;
  auto rows = quiet_stream(options, 77);
  plant(rows, "company-3", "negative", kMonday + 40h, 50min, 25, 2);
  plant(rows, "company-5", "negative", kMonday + 100h, 20min, 30, 1);
  std::vector<Observation> late;
  plant(late, "company-6", "negative", kMonday + 90h, 20min, 20);
  for (Observation& row : late) row.late = true;
  rows.insert(std::upper_bound(rows.begin(), rows.end(), kMonday + 110h,
                               [](TimePoint at, const Observation& row) { return at < row.at; }),
              late.begin(), late.end());
  return rows;
}

}  // namespace tapewatch::alerts::test
