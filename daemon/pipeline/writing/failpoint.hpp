#pragma once

#include <cstdint>
#include <string_view>

namespace tapewatch {

/// A place where the process ends at once, as with kill -9, for tests of what survives that. Set by
/// `TAPEWATCH_FAILPOINT=after_commit:N`: after the N-th commit of documents, before its sources are notified.
class Failpoint {
 public:
  Failpoint() = default;
  /// Throws std::runtime_error for an unknown text: a test with a misspelt failpoint must not pass.
  static Failpoint parse(std::string_view text);

  static Failpoint from_environment();

  /// Counts one commit; does not return from the chosen one.
  void after_commit();

 private:
  std::uint64_t countdown_ = 0;  // 0: never
};

}  // namespace tapewatch
