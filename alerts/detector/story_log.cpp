#include "alerts/detector/story_log.hpp"

#include <algorithm>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {

std::int64_t StoryLog::Vote::hour() const { return hour_of_minute(minute); }

StoryLog::Votes::const_iterator StoryLog::place_of(std::pair<std::int64_t, std::int64_t> hour_and_story) const {
  return std::lower_bound(votes_.begin(), votes_.end(), hour_and_story,
                          [](const Vote& vote, const auto& than) { return std::pair(vote.hour(), vote.story) < than; });
}

std::pair<StoryLog::Votes::const_iterator, StoryLog::Votes::const_iterator> StoryLog::of_hour(std::int64_t hour) const {
  return {place_of({hour, INT64_MIN}), place_of({hour + 1, INT64_MIN})};
}

StoryLog::Votes::const_iterator StoryLog::vote_of(std::int64_t story) const {
  if (!hours_.made()) {
    return std::find_if(votes_.begin(), votes_.end(), [&](const Vote& vote) { return vote.story == story; });
  }
  const auto hour = hours_->find(story);
  return hour == hours_->end() ? votes_.end() : place_of({hour->second, story});
}

StoryLog::Votes::iterator StoryLog::vote_of(std::int64_t story) {
  return votes_.begin() + (std::as_const(*this).vote_of(story) - votes_.cbegin());
}

void StoryLog::insert(const Vote& vote) {
  votes_.insert(place_of({vote.hour(), vote.story}), vote);
  if (hours_.made()) {
    hours_.own().emplace(vote.story, vote.hour());
  } else if (votes_.size() > kSearched) {
    for (const Vote& each : votes_) hours_.own().emplace(each.story, each.hour());
  }
}

void StoryLog::note_change(std::int64_t hour) {
  const auto at = std::lower_bound(changed_.begin(), changed_.end(), hour);
  if (at == changed_.end() || *at != hour) changed_.insert(at, hour);
}

/// After votes are gone: neither an index nor room for many is kept for few.
void StoryLog::fit() {
  if (votes_.size() <= kSearched / 2) hours_ = {};
  if (votes_.capacity() > 8 && votes_.capacity() / 4 >= votes_.size()) votes_.shrink_to_fit();
}

StoryLog::Result StoryLog::add(std::int64_t story, std::int64_t minute, bool counted) {
  if (const auto known = vote_of(story); known != votes_.end()) {
    ++known->documents;
    note_change(known->hour());
    return {known->counted ? VoteKind::repeat_counted : VoteKind::repeat_other, known->minute};
  }
  insert({story, 1, static_cast<std::int32_t>(minute), counted});
  note_change(hour_of_minute(minute));
  return {counted ? VoteKind::first_counted : VoteKind::first_other, minute};
}

std::optional<StoryLog::Known> StoryLog::find(std::int64_t story) const {
  const auto known = vote_of(story);
  if (known == votes_.end()) return std::nullopt;
  return Known{known->minute, known->documents, known->counted != 0};
}

void StoryLog::take_document(std::int64_t story) {
  const auto known = vote_of(story);
  known->documents = std::max(known->documents, 2U) - 1;
  note_change(known->hour());
}

void StoryLog::take_vote(std::int64_t story, std::optional<Heir> heir) {
  const auto known = vote_of(story);
  Vote vote = *known;
  votes_.erase(known);
  if (hours_.made()) hours_.own().erase(story);
  note_change(vote.hour());
  if (heir) {
    vote.documents = std::max(vote.documents, 2U) - 1;
    vote.minute = static_cast<std::int32_t>(heir->minute);
    vote.counted = heir->counted;
    insert(vote);
    note_change(vote.hour());
  }
  fit();
}

StoryLog::Told StoryLog::counted(std::int64_t from, std::int64_t to) const {
  Told told;
  for (auto vote = of_hour(hour_of_minute(from)).first; vote != votes_.end(); ++vote) {
    if (vote->hour() > hour_of_minute(to)) break;
    if (!vote->counted || vote->minute < from || vote->minute > to) continue;
    ++told.stories;
    told.documents += vote->documents;
  }
  return told;
}

std::size_t StoryLog::forget(std::int64_t hour, std::size_t max_stories) {
  auto kept = of_hour(hour).first;  // the first that stays
  const auto old = kept;
  while (static_cast<std::size_t>(votes_.cend() - kept) > max_stories && kept->hour() != votes_.back().hour()) {
    kept = of_hour(kept->hour()).second;
  }
  const auto beyond = static_cast<std::size_t>(kept - old);
  if (kept == votes_.cbegin()) return beyond;
  for (auto vote = votes_.cbegin(); vote != kept; ++vote) {
    note_change(vote->hour());
    if (hours_.made()) hours_.own().erase(vote->story);
  }
  votes_.erase(votes_.cbegin(), kept);
  fit();
  return beyond;
}

bool StoryLog::has(std::int64_t hour) const {
  const auto [from, to] = of_hour(hour);
  return from != to;
}

std::string StoryLog::save(std::int64_t hour) const {
  const auto [from, to] = of_hour(hour);
  BlobWriter out;
  out.i64(hour);
  out.u32(static_cast<std::uint32_t>(to - from));
  for (auto vote = from; vote != to; ++vote) {
    out.i64(vote->story);
    out.u32(vote->documents);
    out.u8(static_cast<std::uint8_t>((vote->minute - hour * 60) | (vote->counted ? 0x80 : 0)));
  }
  return out.take();
}

void StoryLog::load(std::string_view blob) {
  BlobReader in(blob);
  const std::int64_t hour = in.i64();
  if (has(hour)) throw DetectorStateError("detector state: an hour is there twice");
  for (std::size_t left = in.count(13); left > 0; --left) {
    Vote vote{};
    vote.story = in.i64();
    vote.documents = in.u32();
    const std::uint8_t packed = in.u8();
    vote.minute = static_cast<std::int32_t>(hour * 60 + (packed & 0x7f));
    vote.counted = (packed & 0x80) != 0;
    if ((packed & 0x7f) >= 60 || vote_of(vote.story) != votes_.end()) {
      throw DetectorStateError("detector state: a story is damaged");
    }
    insert(vote);
  }
  in.finish();
}

}  // namespace tapewatch::alerts
