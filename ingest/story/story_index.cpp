#include "ingest/story/story_index.hpp"

#include <algorithm>
#include <array>
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

StoryIndex::StoryIndex(const StoryOptions& options) : options_(options), met_(options.max_postings + 1) {}

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
  met_count_ = 0;
  runs_.clear();
  for (const auto& [word, postings] : lists) {
    unread_ += postings->live > left;
    meet(*postings, left);
    runs_.push_back(met_count_);
  }
}

/// Counts a list's stories, from its newest on. The busiest loop of the index: what it reads stays in registers, where
/// members would be read again after each write through a pointer to bytes.
void StoryIndex::meet(const Postings& postings, std::size_t& left) {
  std::uint8_t* const counts = shared_.data();
  const std::size_t mask = shared_.size() - 1, held = entries_.size();
  const Slot first = first_;
  Met* out = met_.data() + met_count_;
  std::size_t unseen = left;
  const Slot* const begin = postings.slots.data();
  for (const Slot* slot = begin + postings.slots.size(); slot != begin && unseen > 0;) {
    --slot;
    std::uint8_t& count = counts[*slot & mask];
    if (*slot - first >= held || count == kDead) continue;
    --unseen;
    *out = {*slot, 0};  // no branch: whether a story is met anew is hard to foresee
    out += count++ == 0;
  }
  met_count_ = static_cast<std::size_t>(out - met_.data());
  left = unseen;
}

/// The stories that share enough: those that share most, of equals the newest.
void StoryIndex::choose_candidates() {
  std::array<std::size_t, StorySignature::kMostWords + 1> stories{};  // by how many words they share
  for (std::size_t i = 0; i < met_count_; ++i) {
    std::uint8_t& count = shared(met_[i].slot);
    met_[i].shared = count;
    ++stories[count];
    count = 0;
  }
  candidates_.clear();
  std::size_t room = options_.max_candidates;
  for (std::size_t words = stories.size(); --words > 0 && words + unread_ >= required_ && room > 0;) {
    if (stories[words] == 0) continue;
    choose_newest(static_cast<std::uint32_t>(words), room);
    room -= std::min(room, stories[words]);
  }
}

/// The `most` newest of the stories that share that number of words. Those of one list stand newest first: of each only
/// its first `most` can be among them.
void StoryIndex::choose_newest(std::uint32_t words, std::size_t most) {
  newest_.clear();
  std::size_t at = 0;
  for (const std::size_t end : runs_) {
    for (std::size_t left = most; at < end && left > 0; ++at) {
      if (met_[at].shared != words) continue;
      newest_.push_back(met_[at].slot);
      --left;
    }
    at = end;
  }
  if (newest_.size() > most) {
    const auto end = newest_.begin() + static_cast<std::ptrdiff_t>(most);
    std::nth_element(newest_.begin(), end, newest_.end(),
                     [first = first_](Slot left, Slot right) { return left - first > right - first; });
    newest_.erase(end, newest_.end());
  }
  candidates_.insert(candidates_.end(), newest_.begin(), newest_.end());
}

std::optional<StoryIndex::Match> StoryIndex::best(const StorySignature& signature, TimePoint at,
                                                  std::chrono::milliseconds window) {
  count_words(signature);
  choose_candidates();
  const LaterTitle later(signature);
  std::optional<Match> best;
  for (const Slot slot : candidates_) {
    const IndexedStory& story = entries_[slot - first_];
    const auto apart = std::chrono::abs(at - story.first_at);
    if (apart > window) continue;
    const auto likeness = later.likeness_to(story.signature, apart);
    if (!likeness) continue;
    const Match match{story.id, story.first_at, *likeness};
    if (!best || match.is_better_than(*best, at)) best = match;
  }
  return best;
}

}  // namespace tapewatch::ingest
