// Two titles, a line each: their signatures, and whether they tell the same story.
#include "ingest/story/story_key.hpp"
#include "ingest/story/story_likeness.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::text(data, size);
  const auto line = input.substr(0, input.find('\n'));
  const auto rest = input.substr(std::min(line.size() + 1, input.size()));
  const auto first = ingest::story_signature(line), later = ingest::story_signature(rest);
  const auto bytes = ingest::to_bytes(first);
  fuzz::require(bytes.size() <= 64, "a signature takes at most 64 bytes");
  fuzz::require(ingest::signature_from_bytes(bytes) == first, "a signature is read back as it was written");
  if (const auto read = ingest::signature_from_bytes(std::as_bytes(std::span(data, size)))) {
    fuzz::require(read->count <= ingest::StorySignature::kMostWords, "what is read has at most so many words");
    ingest::same_story(*read, first, std::chrono::hours(1));
  }
  fuzz::require(first.count == 0 || ingest::same_story(first, first, {}), "a title tells its own story");
  if (const auto same = ingest::same_story(first, later, {})) {
    fuzz::require(same->score > 0 && same->score <= 1, "likeness is within (0,1]");
    fuzz::require(!same->turned || later.has(ingest::StorySignature::correction), "only a correction turns the sign");
  }
  fuzz::require(!ingest::story_key(line).empty(), "every title has a key");
  return 0;
}
