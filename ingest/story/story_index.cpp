#include "ingest/story/story_index.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::ingest {
namespace {

/// The share of its words that a title must have in common with a story to be compared with it: less than same_story()
/// asks for (`kExtended` there) leaves over where the other title has no word more.
constexpr double kLeastShare = 0.4;

/// The words and names of a signature, each once.
std::vector<std::uint16_t> content_of(const StorySignature& signature) {
  std::vector<std::uint16_t> words;
  for (const std::uint16_t word : signature.all()) {
    if (StorySignature::class_of(word) <= StorySignature::Class::name) {
      words.push_back(StorySignature::payload_of(word));
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace

bool StoryIndex::Match::is_better_than(const Match& other, TimePoint at) const {
  const auto order = [at](const Match& match) {
    return std::tuple(-match.likeness.score, std::chrono::abs(match.first_at - at), match.id);
  };
  return order(*this) < order(other);
}

void StoryIndex::grow_ring() {
  std::vector<std::uint8_t> larger(2 * shared_.size());
  for (std::size_t place = 0; place < entries_.size(); ++place) {
    const Slot slot = first_ + static_cast<Slot>(place);
    larger[slot & (larger.size() - 1)] = shared(slot);
  }
  shared_ = std::move(larger);
}

void StoryIndex::add(const IndexedStory& story) {
  if (entries_.size() == shared_.size()) grow_ring();
  const Slot slot = first_ + static_cast<Slot>(entries_.size());
  entries_.push_back(story);
  shared(slot) = 0;
  by_time_.push({story.first_at, story.id, slot});
  for (const std::uint16_t word : content_of(story.signature)) {
    Postings& postings = postings_[word];
    postings.slots.push_back(slot);
    ++postings.live;
  }
}

void StoryIndex::forget(TimePoint floor) {
  while (!by_time_.empty() && (by_time_.top().first_at < floor || by_time_.size() > options_.max_stories)) {
    drop(by_time_.top().slot);
    by_time_.pop();
  }
}

void StoryIndex::drop(Slot slot) {
  shared(slot) = kDead;
  for (const std::uint16_t word : content_of(entries_[slot - first_].signature)) {
    const auto found = postings_.find(word);
    Postings& postings = found->second;
    if (--postings.live == 0) {
      postings_.erase(found);
    } else if (postings.slots.size() > 2 * static_cast<std::size_t>(postings.live) + 8) {
      // What left the front of `entries_` is dead too, and its place in the ring may be another's by now.
      std::erase_if(postings.slots,
                    [&](Slot each) { return each - first_ >= entries_.size() || shared(each) == kDead; });
    }
  }
  while (!entries_.empty() && shared(first_) == kDead) {
    entries_.pop_front();
    ++first_;
  }
}

/// Counts, for each story that is met, the words it shares. The lists of rare words are looked through first, each from
/// its newest story on, until `max_postings` have been seen.
void StoryIndex::count_words(const StorySignature& signature) {
  const auto words = content_of(signature);
  required_ =
      std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(kLeastShare * static_cast<double>(words.size()))));
  unread_ = 0;
  std::vector<std::pair<std::uint16_t, const Postings*>> lists;
  for (const std::uint16_t word : words) {
    if (const auto found = postings_.find(word); found != postings_.end()) lists.emplace_back(word, &found->second);
  }
  std::sort(lists.begin(), lists.end(), [](const auto& left, const auto& right) {
    return std::tie(left.second->live, left.first) < std::tie(right.second->live, right.first);
  });
  std::size_t left = options_.max_postings;
  for (const auto& [word, postings] : lists) {
    unread_ += postings->live > left;
    for (auto slot = postings->slots.rbegin(); slot != postings->slots.rend() && left > 0; ++slot) {
      if (*slot - first_ >= entries_.size() || shared(*slot) == kDead) continue;
      --left;
      if (shared(*slot)++ == 0) met_.push_back(*slot);
    }
  }
}

/// Leaves in `met_` the stories that share enough, those that share most first, then the newest.
void StoryIndex::choose_candidates() {
  std::vector<Slot> chosen;
  for (const Slot slot : met_) {
    if (shared(slot) + unread_ >= required_) chosen.push_back(slot);
  }
  if (chosen.size() > options_.max_candidates) {
    const auto end = chosen.begin() + static_cast<std::ptrdiff_t>(options_.max_candidates);
    std::nth_element(chosen.begin(), end, chosen.end(), [&](Slot left, Slot right) {
      return std::pair(shared(left), left - first_) > std::pair(shared(right), right - first_);
    });
    chosen.erase(end, chosen.end());
  }
  for (const Slot slot : met_) shared(slot) = 0;
  met_ = std::move(chosen);
}

std::optional<StoryIndex::Match> StoryIndex::best(const StorySignature& signature, TimePoint at,
                                                  std::chrono::milliseconds window) {
  met_.clear();
  count_words(signature);
  choose_candidates();
  std::optional<Match> best;
  for (const Slot slot : met_) {
    const IndexedStory& story = entries_[slot - first_];
    const auto apart = std::chrono::abs(at - story.first_at);
    if (apart > window) continue;
    const auto likeness = same_story(story.signature, signature, apart);
    if (!likeness) continue;
    const Match match{story.id, story.first_at, *likeness};
    if (!best || match.is_better_than(*best, at)) best = match;
  }
  return best;
}

}  // namespace tapewatch::ingest
