// Tested by tests/daemon/observe/observe_test.cpp
#include "daemon/observe/openmetrics.hpp"

#include <fmt/format.h>

#include <cmath>

namespace tapewatch {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::string_view kTotal = "_total";

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

/// Thresholds as in the specification, so that all exposers name a bucket alike: 1.0, 0.25, +Inf.
std::string threshold(double value) {
  std::string text = number(value);
  return std::isfinite(value) && text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
  return out;
}

/// Appends `name{labels} value`; `le`, if not empty, is one more label.
void append_sample(std::string& out, std::string_view name, const Labels& labels, std::string_view le,
                   std::string_view value) {
  out += name;
  std::string inside;
  for (const auto& label : labels) {
    inside += fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", label.name, escaped(label.value));
  }
  if (!le.empty()) inside += fmt::format("{}le=\"{}\"", inside.empty() ? "" : ",", le);
  if (!inside.empty()) out += "{" + inside + "}";
  out += fmt::format(" {}\n", value);
}

void append_histogram(std::string& out, const std::string& name, const ClientMetric& metric) {
  bool has_last = false;
  for (const auto& bucket : metric.histogram.bucket) {
    has_last = has_last || std::isinf(bucket.upper_bound);
    append_sample(out, name + "_bucket", metric.label, threshold(bucket.upper_bound),
                  fmt::to_string(bucket.cumulative_count));
  }
  if (!has_last) {
    append_sample(out, name + "_bucket", metric.label, "+Inf", fmt::to_string(metric.histogram.sample_count));
  }
  append_sample(out, name + "_count", metric.label, "", fmt::to_string(metric.histogram.sample_count));
  append_sample(out, name + "_sum", metric.label, "", number(metric.histogram.sample_sum));
}

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "unknown";
  }
}

void append_family(std::string& out, const MetricFamily& family) {
  std::string name = family.name;
  if (family.type == MetricType::Counter && name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, escaped(family.help), name, type_name(family.type));
  for (const ClientMetric& metric : family.metric) {
    if (family.type == MetricType::Histogram) {
      append_histogram(out, name, metric);
    } else if (family.type == MetricType::Counter) {
      append_sample(out, name + std::string(kTotal), metric.label, "", number(metric.counter.value));
    } else {
      append_sample(out, name, metric.label, "", number(metric.gauge.value));
    }
  }
}

}  // namespace

std::string openmetrics_text(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    if (!family.metric.empty()) append_family(out, family);
  }
  return out + "# EOF\n";
}

}  // namespace tapewatch
