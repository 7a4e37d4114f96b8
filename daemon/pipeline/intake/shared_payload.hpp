#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/pipeline/incoming.hpp"

namespace tapewatch {

/// The bytes of a record or a request of which several items may become dead letters. Each letter has them, so that it
/// stands alone, up to a bound on all of them together; the reason of those beyond it names the first letter.
class SharedPayload {
 public:
  static constexpr std::size_t kMostOfAll = std::size_t{8} << 20;

  /// `bytes` outlive it; of them each letter has at most `most_of_one`.
  SharedPayload(std::string_view bytes, std::size_t most_of_one) : bytes_(bytes.substr(0, most_of_one)) {}

  /// The letter has its position and reason.
  void put_into(DeadLetter& letter) {
    if (given_ == 0) first_ = letter.position;
    if (given_ > 0 && given_ + bytes_.size() > kMostOfAll) {
      letter.reason += fmt::format("; what it came in is in the dead letter {}", first_);
      return;
    }
    letter.payload = bytes_;
    given_ += bytes_.size();
  }

 private:
  const std::string_view bytes_;
  std::string first_;
  std::size_t given_ = 0;
};

}  // namespace tapewatch
