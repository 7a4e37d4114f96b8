#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tapewatch {

/// Restores the order in which each source read its records (workers finish in any order).
///
/// Holds at most the records in flight between a source and the writer, which the queues bound. Writer thread only.
template <class T>
class SourceOrder {
 public:
  /// Takes one record and appends to `ready` all records that may be committed now, in order.
  void add(std::uint32_t slot, std::uint64_t number, T record, std::vector<T>& ready) {
    Lane& lane = lanes_[slot];
    if (number != lane.next) {
      lane.waiting.emplace(number, std::move(record));
      return;
    }
    ready.push_back(std::move(record));
    ++lane.next;
    for (auto next = lane.waiting.begin(); next != lane.waiting.end() && next->first == lane.next;
         next = lane.waiting.erase(next)) {
      ready.push_back(std::move(next->second));
      ++lane.next;
    }
  }

  /// Records that wait for an earlier one of their source.
  std::size_t waiting() const {
    std::size_t count = 0;
    for (const auto& [slot, lane] : lanes_) count += lane.waiting.size();
    return count;
  }

 private:
  struct Lane {
    std::uint64_t next = 0;
    std::map<std::uint64_t, T> waiting;
  };
  std::unordered_map<std::uint32_t, Lane> lanes_;
};

}  // namespace tapewatch
