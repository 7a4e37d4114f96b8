#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/rare.hpp"

namespace tapewatch::alerts {

/// How many sources tell something. They are told apart by a hash of their names; at most kMost are, so that a state
/// stays small whatever an aggregator calls its publishers.
class SourceSet {
 public:
  static constexpr std::size_t kMost = 64;

  void add(std::string_view source) { add_mark(mark_of(source)); }
  void add(const SourceSet& others) {
    for (const std::uint32_t mark : others.marks()) add_mark(mark);
  }
  std::size_t size() const { return marks().size(); }
  bool empty() const { return !some_; }

  void save(BlobWriter& out) const {
    out.u32(static_cast<std::uint32_t>(size()));
    for (const std::uint32_t mark : marks()) out.u32(mark);
  }
  void load(BlobReader& in) {
    *this = {};
    for (std::size_t left = in.count(4); left > 0; --left) add_mark(in.u32());
  }

 private:
  /// FNV-1a.
  static std::uint32_t mark_of(std::string_view source) {
    std::uint32_t hash = 2166136261u;
    for (const unsigned char c : source) hash = (hash ^ c) * 16777619u;
    return hash;
  }
  std::span<const std::uint32_t> marks() const {  // ascending
    if (several_.made()) return *several_;
    return {&first_, some_ ? 1U : 0U};
  }
  void add_mark(std::uint32_t mark) {
    if (!some_) first_ = mark;
    some_ = true;
    if (!several_.made() && mark == first_) return;
    std::vector<std::uint32_t>& all = several_.own();
    if (all.empty()) all.push_back(first_);
    const auto at = std::lower_bound(all.begin(), all.end(), mark);
    if (all.size() >= kMost || (at != all.end() && *at == mark)) return;
    all.insert(at, mark);
  }

  std::uint32_t first_ = 0;  // most stories have one source
  bool some_ = false;
  Rare<std::vector<std::uint32_t>> several_;
};

}  // namespace tapewatch::alerts
