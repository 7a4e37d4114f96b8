#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapewatch::ingest {

/// A fault in a feed that did not prevent reading its items.
struct FeedWarning {
  std::string kind;    ///< a fixed word: charset, xml, json, date, id, items, language, redirect, html,
                       ///< meta
  std::string detail;  ///< one phrase for people, bounded in size
  std::size_t count = 1;
};

/// The warnings of one response, equal ones counted together. Bounded, so that a hostile feed cannot make it grow.
class FeedWarnings {
 public:
  static constexpr std::size_t kMaxDistinct = 32;

  void add(std::string_view kind, std::string_view detail, std::size_t count = 1) {
    auto same = std::find_if(list_.begin(), list_.end(),
                             [&](const FeedWarning& w) { return w.kind == kind && w.detail == detail; });
    if (same != list_.end()) {
      same->count += count;
    } else if (list_.size() < kMaxDistinct) {
      list_.push_back({std::string(kind), std::string(detail.substr(0, 200)), count});
    }
  }

  const std::vector<FeedWarning>& list() const { return list_; }
  std::vector<FeedWarning> take() { return std::exchange(list_, {}); }

 private:
  std::vector<FeedWarning> list_;
};

}  // namespace tapewatch::ingest
