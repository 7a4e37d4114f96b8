#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

namespace tapewatch::storage {

/// Which keys of a table to read together, for one that is asked for nearly consecutive keys, up or down: its rows then
/// cost a scan and no search each. A key far from the last ones is read alone.
class KeyWindow {
 public:
  struct Range {
    std::int64_t from = 0, to = 0;  ///< half-open
  };
  static constexpr std::int64_t kNear = 4;    ///< keys apart: a search costs about what these rows cost
  static constexpr std::int64_t kMost = 512;  ///< keys held

  /// What to read so that `key` is held, in place of what was; nothing where it is.
  std::optional<Range> move_to(std::int64_t key) {
    if (key >= held_.from && key < held_.to) return std::nullopt;
    const bool up = key >= held_.to && key - held_.to < kNear, down = key < held_.from && held_.from - key <= kNear;
    size_ = up || down ? std::min(4 * size_, kMost) : 1;
    held_.from = down ? key - size_ + 1 : key;
    held_.to = held_.from + size_;
    return held_;
  }

 private:
  Range held_;
  std::int64_t size_ = 1;
};

}  // namespace tapewatch::storage
