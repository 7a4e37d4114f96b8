#pragma once
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

/// OpenMetrics 1.0 text of collected families (prometheus-cpp 1.0 writes the older Prometheus text alone). A counter's
/// family is named without `_total`, numbers of `le` stand in their canonical form, and the end is said. `_created` and
/// units are optional there, and are not written. Summaries and untyped families are not expected.
std::string openmetrics_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace tapewatch
