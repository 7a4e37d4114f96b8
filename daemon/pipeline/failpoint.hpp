#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tapewatch {

/// A place where the process ends at once, as with kill -9, for tests of what survives that. Set by
/// `TAPEWATCH_FAILPOINT=PLACE:N`: the N-th time that the place is passed.
class Failpoint {
 public:
  /// before_commit: documents and what follows from them are written, not committed; after_commit: before their sources
  /// are notified; before_send: a message is read from the outbox; after_answer: the receiver has answered;
  /// after_receipt: the receipt is committed.
  enum class Place { before_commit, after_commit, before_send, after_answer, after_receipt };
  static constexpr std::array<std::string_view, 5> kPlaces = {"before_commit", "after_commit", "before_send",
                                                              "after_answer", "after_receipt"};

  Failpoint() = default;
  /// Throws std::runtime_error for an unknown text: a test with a misspelt failpoint must not pass.
  static Failpoint parse(std::string_view text);

  static Failpoint from_environment();

  /// Does not return the chosen time. One thread a copy.
  void pass(Place place);

 private:
  Place place_ = Place::after_commit;
  std::uint64_t countdown_ = 0;  // 0: never
};

}  // namespace tapewatch
