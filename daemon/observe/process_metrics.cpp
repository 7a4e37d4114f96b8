// Tested by tests/daemon/observe/observe_test.cpp
#include "daemon/observe/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

namespace tapewatch {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type, double value) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  made.metric.push_back(std::move(metric));
  return made;
}

/// The exported fields of /proc/self/stat, numbered as in proc(5).
struct Stat {
  double cpu_ticks = 0;                          // utime + stime, fields 14 and 15
  double threads = 0;                            // field 20
  double start_ticks = 0;                        // field 22, since the machine's boot
  double virtual_bytes = 0, resident_pages = 0;  // fields 23 and 24
};

std::optional<Stat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t name_end = line.rfind(')');  // the name before it may contain anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  std::string field;
  Stat stat;
  for (int number = 3; number <= 24; ++number) {
    if (!(rest >> field)) return std::nullopt;
    const double value = std::strtod(field.c_str(), nullptr);
    if (number == 14 || number == 15) stat.cpu_ticks += value;
    if (number == 20) stat.threads = value;
    if (number == 22) stat.start_ticks = value;
    if (number == 23) stat.virtual_bytes = value;
    if (number == 24) stat.resident_pages = value;
  }
  return stat;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Unix time of the machine's boot. The service's ProcSubset=pid hides /proc/stat.
double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME);
}

std::optional<double> open_descriptors() {
  std::error_code error;
  double count = -1;  // the one that reads the folder
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) ++count;
  if (error) return std::nullopt;
  return count;
}

double limit_of(int resource) {
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<double>::infinity();
  }
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
  std::vector<MetricFamily> all;
  const auto gauge = [&](const char* name, const char* help, double value) {
    all.push_back(family(name, help, MetricType::Gauge, value));
  };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (const auto stat = read_stat()) {
    all.push_back(family("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                         MetricType::Counter, stat->cpu_ticks / ticks));
    gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
          stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
    gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", stat->virtual_bytes);
    gauge("process_threads", "Number of threads.", stat->threads);
    static const double boot = boot_time();  // once: a start time that moves with the clock looks like a restart
    gauge("process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
          boot + stat->start_ticks / ticks);
  }
  gauge("process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.",
        limit_of(RLIMIT_AS));
  if (const auto open = open_descriptors()) gauge("process_open_fds", "Number of open file descriptors.", *open);
  gauge("process_max_fds", "Maximum number of open file descriptors.", limit_of(RLIMIT_NOFILE));
  return all;
}

}  // namespace tapewatch
