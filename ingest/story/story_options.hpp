#pragma once
#include <cstddef>

namespace tapewatch::ingest {

/// Bounds of the search for the story that a title tells.
struct StoryOptions {
  std::size_t max_stories = 500'000;  // whose signatures are kept, the latest ones; some 150 bytes each
  std::size_t max_postings = 4'096;   // of all words of a title, that are looked through
  std::size_t max_candidates = 64;    // stories that are compared with a title
};

}  // namespace tapewatch::ingest
