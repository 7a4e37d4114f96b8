#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "alerts/detector/blob.hpp"

namespace tapewatch::alerts {

/// How many sources tell something. They are told apart by a hash of their names; at most kMost are, so that a state
/// stays small whatever an aggregator calls its publishers.
class SourceSet {
 public:
  static constexpr std::size_t kMost = 64;

  void add(std::string_view source) { add_mark(mark_of(source)); }
  void add(const SourceSet& others) {
    for (const std::uint32_t mark : others.marks_) add_mark(mark);
  }
  std::size_t size() const { return marks_.size(); }
  bool empty() const { return marks_.empty(); }

  void save(BlobWriter& out) const {
    out.u32(static_cast<std::uint32_t>(marks_.size()));
    for (const std::uint32_t mark : marks_) out.u32(mark);
  }
  void load(BlobReader& in) {
    marks_.clear();
    for (std::size_t left = in.count(4); left > 0; --left) add_mark(in.u32());
  }

 private:
  /// FNV-1a.
  static std::uint32_t mark_of(std::string_view source) {
    std::uint32_t hash = 2166136261u;
    for (const unsigned char c : source) hash = (hash ^ c) * 16777619u;
    return hash;
  }
  void add_mark(std::uint32_t mark) {
    const auto at = std::lower_bound(marks_.begin(), marks_.end(), mark);
    if (marks_.size() >= kMost || (at != marks_.end() && *at == mark)) return;
    marks_.insert(at, mark);
  }

  std::vector<std::uint32_t> marks_;  // ascending
};

}  // namespace tapewatch::alerts
