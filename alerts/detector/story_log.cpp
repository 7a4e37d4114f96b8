// Tested by tests/alerts/detector/detection_test.cpp
#include "alerts/detector/story_log.hpp"

#include <algorithm>
#include <utility>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {

StoryLog::Result StoryLog::add(std::int64_t story, std::int64_t minute, bool counted) {
  if (const auto known = index_.find(story); known != index_.end()) {
    const auto [hour, vote_index] = known->second;
    Vote& vote = hours_.at(hour)[vote_index];
    ++vote.documents;
    changed_.insert(hour);
    return {vote.counted ? VoteKind::repeat_counted : VoteKind::repeat_other, hour * 60 + vote.minute};
  }
  const std::int64_t hour = hour_of_minute(minute);
  std::vector<Vote>& votes = hours_[hour];
  index_[story] = {hour, votes.size()};
  votes.push_back({story, 1, static_cast<std::uint8_t>(minute - hour * 60), counted});
  changed_.insert(hour);
  return {counted ? VoteKind::first_counted : VoteKind::first_other, minute};
}

std::optional<StoryLog::Known> StoryLog::find(std::int64_t story) const {
  const auto known = index_.find(story);
  if (known == index_.end()) return std::nullopt;
  const auto [hour, at] = known->second;
  const Vote& vote = hours_.at(hour)[at];
  return Known{hour * 60 + vote.minute, vote.documents, vote.counted};
}

void StoryLog::take_document(std::int64_t story) {
  const auto [hour, at] = index_.at(story);
  Vote& vote = hours_.at(hour)[at];
  vote.documents = std::max(vote.documents, 2U) - 1;
  changed_.insert(hour);
}

void StoryLog::take_vote(std::int64_t story, std::optional<Heir> heir) {
  const auto [hour, at] = index_.at(story);
  std::vector<Vote>& votes = hours_.at(hour);
  Vote vote = votes[at];
  votes.erase(votes.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::size_t i = at; i < votes.size(); ++i) index_[votes[i].story].vote = i;
  if (votes.empty()) hours_.erase(hour);
  index_.erase(story);
  changed_.insert(hour);
  if (!heir) return;
  const std::int64_t to = hour_of_minute(heir->minute);
  vote.documents = std::max(vote.documents, 2U) - 1;
  vote.minute = static_cast<std::uint8_t>(heir->minute - to * 60);
  vote.counted = heir->counted;
  std::vector<Vote>& into = hours_[to];
  index_[story] = {to, into.size()};
  into.push_back(vote);
  changed_.insert(to);
}

StoryLog::Told StoryLog::counted(std::int64_t from, std::int64_t to) const {
  Told told;
  for (auto it = hours_.lower_bound(hour_of_minute(from)); it != hours_.end() && it->first * 60 <= to; ++it) {
    for (const Vote& vote : it->second) {
      const std::int64_t minute = it->first * 60 + vote.minute;
      if (!vote.counted || minute < from || minute > to) continue;
      ++told.stories;
      told.documents += vote.documents;
    }
  }
  return told;
}

void StoryLog::drop_oldest() {
  const auto oldest = hours_.begin();
  for (const Vote& vote : oldest->second) index_.erase(vote.story);
  changed_.insert(oldest->first);
  hours_.erase(oldest);
}

std::size_t StoryLog::forget(std::int64_t hour, std::size_t max_stories) {
  while (!hours_.empty() && hours_.begin()->first < hour) drop_oldest();
  const std::size_t before = index_.size();
  while (index_.size() > max_stories && hours_.size() > 1) drop_oldest();
  return before - index_.size();
}

std::set<std::int64_t> StoryLog::take_changed() { return std::exchange(changed_, {}); }

std::string StoryLog::save(std::int64_t hour) const {
  const std::vector<Vote>& votes = hours_.at(hour);
  BlobWriter out;
  out.i64(hour);
  out.u32(static_cast<std::uint32_t>(votes.size()));
  for (const Vote& vote : votes) {
    out.i64(vote.story);
    out.u32(vote.documents);
    out.u8(static_cast<std::uint8_t>(vote.minute | (vote.counted ? 0x80 : 0)));
  }
  return out.take();
}

void StoryLog::load(std::string_view blob) {
  BlobReader in(blob);
  const std::int64_t hour = in.i64();
  if (hours_.contains(hour)) throw DetectorStateError("detector state: an hour is there twice");
  std::vector<Vote>& votes = hours_[hour];
  const std::size_t count = in.count(13);
  votes.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Vote vote{};
    vote.story = in.i64();
    vote.documents = in.u32();
    const std::uint8_t packed = in.u8();
    vote.minute = packed & 0x7f;
    vote.counted = (packed & 0x80) != 0;
    if (vote.minute >= 60 || !index_.emplace(vote.story, Place{hour, i}).second) {
      throw DetectorStateError("detector state: a story is damaged");
    }
    votes.push_back(vote);
  }
  in.finish();
}

}  // namespace tapewatch::alerts
