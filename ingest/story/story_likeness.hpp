#pragma once
#include <chrono>
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

/// Whether a revision of a title says the opposite of it: the two stand on two sides of a pair of opposites; or only
/// one of them denies, and they are alike otherwise. What comes under one id needs no further likeness.
bool says_opposite(const StorySignature& title, const StorySignature& revision);

}  // namespace tapewatch::ingest
