#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/document/document.hpp"

namespace tapewatch {

/// What could not be read of a source's records since the start, equal warnings counted together; bounded. One thread.
class ParseWarnings {
 public:
  static constexpr std::size_t kMaxDistinct = 32;

  /// True for one that has not been there before: worth a line in the log. Warnings that differ only in the value that
  /// was found are one.
  bool add(const ingest::FieldWarning& warning);

  /// "/published_at: expected a time, found \"noon\" (12 times)", with the first value found.
  std::vector<std::string> lines() const;

  static std::string line(const ingest::FieldWarning& warning);

 private:
  struct Entry {
    ingest::FieldWarning first;
    std::string kind;
    std::uint64_t count = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace tapewatch
