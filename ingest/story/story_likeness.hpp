#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ingest/story/story_signature.hpp"

namespace tapewatch::ingest {

struct StoryLikeness {
  double score = 0;     ///< in (0,1]: the larger, the more alike
  bool turned = false;  ///< a correction that says the opposite of the first: the same story, with another sign
};

/// Whether a later title tells the story of a first one, `apart` away from it in time; nothing where it does not.
///
/// Alike by the Dice coefficient of their words (Dice 1945), with numbers counted but not compared. However alike, they
/// differ where both name somebody whom the other does not, stand on two sides of a pair of opposites, count in other
/// units, are about other dates, or are one column on two days.
std::optional<StoryLikeness> same_story(const StorySignature& first, const StorySignature& later,
                                        std::chrono::milliseconds apart);

/// What a signature is made of.
struct StoryMakeup {
  std::uint64_t groups = 0;  // of which it has terms, a bit each
  std::size_t content = 0;   // words and names
  std::size_t numbers = 0;
};

/// A title that is compared with many: what same_story() needs of it is found once, and most of those that it cannot be
/// like are told by their words alone. Refers to the signature.
class LaterTitle {
 public:
  explicit LaterTitle(const StorySignature& signature);
  /// same_story(first, signature, apart)
  std::optional<StoryLikeness> likeness_to(const StorySignature& first, std::chrono::milliseconds apart) const;

 private:
  std::size_t most_shared(const StorySignature& first) const;

  const StorySignature& signature_;
  const StoryMakeup makeup_;
  std::array<std::uint64_t, 4> present_{};  // a bit for each word or name, by the last bits of its payload
};

/// Whether a revision of a title says the opposite of it: the two stand on two sides of a pair of opposites; or only
/// one of them denies, and they are alike otherwise. What comes under one id needs no further likeness.
bool says_opposite(const StorySignature& title, const StorySignature& revision);

}  // namespace tapewatch::ingest
