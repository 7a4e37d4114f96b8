#pragma once

#include <bitset>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/mutex.hpp"

namespace tapewatch {

/// How many of each source's latest documents are unscored: a source that names its language in a way nobody reads, or
/// another one than the model's, would otherwise fall silent without a word. Any thread.
class UnscoredShare {
 public:
  static constexpr std::size_t kWindow = 200;  ///< the latest documents that count
  static constexpr std::size_t kFewest = 20;   ///< with fewer documents there is no opinion
  static constexpr double kUnusual = 0.5;      ///< from this share on the source's health says so
  static constexpr double kUsualAgain = 0.25;  ///< below it the matter is over

  /// One document; `reason`: "language:de", "error:…", or "" where it is scored. What to log when the share has become
  /// unusual, or usual again.
  std::optional<std::string> note(const std::string& source, std::string_view reason);

  /// Of the latest documents, in [0, 1].
  double share(const std::string& source) const;
  /// For the source's health; "" while the share is usual.
  std::string warning(const std::string& source) const;

 private:
  struct Latest {
    std::bitset<kWindow> unscored;
    std::size_t next = 0, count = 0;
    std::string reason;  // of the latest unscored one
    bool unusual = false;

    double share() const {
      return count == 0 ? 0.0 : static_cast<double>(unscored.count()) / static_cast<double>(count);
    }
    std::string describe() const;
  };

  mutable Mutex mutex_;
  std::map<std::string, Latest, std::less<>> sources_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
