#include "daemon/pipeline/intake/parse_warnings.hpp"

#include <algorithm>

namespace tapewatch {

std::string ParseWarnings::line(const ingest::FieldWarning& warning) {
  return warning.pointer.empty() ? warning.detail : warning.pointer + ": " + warning.detail;
}

bool ParseWarnings::add(const ingest::FieldWarning& warning) {
  std::string kind = warning.pointer + " " + warning.detail.substr(0, warning.detail.find(", found "));
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.kind == kind; });
  if (same != entries_.end()) {
    ++same->count;
    return false;
  }
  if (entries_.size() == kMaxDistinct) return false;
  entries_.push_back({warning, std::move(kind), 1});
  return true;
}

std::vector<std::string> ParseWarnings::lines() const {
  std::vector<std::string> lines;
  lines.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    lines.push_back(line(entry.first));
    if (entry.count > 1) lines.back() += " (" + std::to_string(entry.count) + " times)";
  }
  return lines;
}

}  // namespace tapewatch
