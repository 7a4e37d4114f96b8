#pragma once
#include <prometheus/metric_family.h>

#include <vector>

namespace tapewatch {

/// What the kernel knows of this process, under the names that Prometheus client libraries agree on: `process_cpu_…`,
/// `process_resident_memory_bytes`, `process_open_fds` and so on. Read from /proc/self at each call; what cannot be
/// read is left out. Thread-safe.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace tapewatch
