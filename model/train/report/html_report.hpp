#pragma once
#include <string>
#include <vector>

#include "model/train/data/review.hpp"
#include "model/train/report/run_log.hpp"

namespace tapewatch::model::train {

/// What report.html shows.
struct ReportData {
  std::string title, command;
  std::int64_t epoch = 0;  // validated last, from 1
  const std::vector<SourceScore>& scores;
  const std::vector<TaskReview>& reviews;
  const std::vector<CurvePoint>& curves;
};

/// One self-contained HTML page: no external scripts, fonts or pictures; texts are escaped.
std::string html_report(const ReportData& data);

}  // namespace tapewatch::model::train
