#pragma once
#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

/// OpenMetrics 1.0 text of collected families (prometheus-cpp 1.0 writes only the older Prometheus text). A counter's
/// family is named without `_total`, numbers of `le` are in canonical form, and the text ends with EOF. `_created` and
/// units are optional and are not written. Summaries and untyped families are not expected.
std::string openmetrics_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace tapewatch
