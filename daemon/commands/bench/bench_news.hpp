#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace tapewatch {

/// What the grave stories are about.
inline constexpr const char* kWatchedCompany = "Bench Bank";

/// News of which no two documents tell the same story: headlines behind made-up names, every twentieth a grave story.
/// The same for the same headlines.
class BenchNews {
 public:
  explicit BenchNews(std::vector<std::string> headlines) : headlines_(std::move(headlines)) {}

  struct Document {
    std::string id, title;
    bool grave = false;
  };
  Document next();

 private:
  std::string name();

  const std::vector<std::string> headlines_;
  std::mt19937 random_;
  std::size_t count_ = 0;
};

}  // namespace tapewatch
