#pragma once
#include <prometheus/metric_family.h>

#include <vector>

namespace tapewatch {

/// The kernel's data about this process, under the names common to Prometheus client libraries: `process_cpu_…`,
/// `process_resident_memory_bytes`, `process_open_fds` and so on. Read from /proc/self at each call; unreadable values
/// are left out. Thread-safe.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace tapewatch
