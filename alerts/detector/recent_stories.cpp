#include "alerts/detector/recent_stories.hpp"

#include <algorithm>
#include <tuple>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/event_minutes.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kTop = 5;
// Marks in the stored number of documents.
constexpr std::uint64_t kTurned = std::uint64_t{1} << 63;
constexpr std::uint64_t kSeveralSources = std::uint64_t{1} << 62;
constexpr std::uint64_t kNamesSources = std::uint64_t{1} << 61;  // earlier versions did not
constexpr std::uint64_t kTellsRisk = std::uint64_t{1} << 60;
constexpr std::uint64_t kMarks = kTurned | kSeveralSources | kNamesSources | kTellsRisk;

Gravity gravity_from(std::uint8_t stored) {
  if (stored >= kGravities.size()) throw DetectorStateError("detector state: a gravity is damaged");
  return static_cast<Gravity>(stored);
}

}  // namespace

std::string cut_text(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kEllipsis = "\u2026";
  if (text.size() <= bytes) return std::string(text);
  if (bytes < kEllipsis.size()) return {};
  return std::string(notation::utf8_prefix(text, bytes - kEllipsis.size())).append(kEllipsis);
}

void RecentStories::add(std::int64_t story, std::int64_t minute, const Observation& row, const Vote& vote,
                        std::int64_t episode_from, const DetectorOptions& options) {
  Entry entry;
  entry.story = story;
  entry.minute = minute;
  entry.arrival = entries_.empty() ? 1 : entries_.back().arrival + 1;
  entry.slot = static_cast<std::uint32_t>(entries_.size());
  entry.sources.add(row.source);
  entry.show(row, vote, options);
  if (entries_.size() >= std::max<std::size_t>(options.max_recent_stories, 1)) {
    // Given up first: the oldest that is not part of the open alert; in it what was told least, then the highest
    // sentiment.
    const auto worth = [&](const Entry& e) {
      const bool in_episode = e.minute >= episode_from;
      return std::tuple(in_episode, in_episode ? e.documents : 0, in_episode ? -e.sentiment : 0.0);
    };
    const auto least = std::min_element(entries_.begin(), entries_.end(),
                                        [&](const Entry& a, const Entry& b) { return worth(a) < worth(b); });
    entry.slot = least->slot;
    entries_.erase(least);
  }
  note_change(entry.slot);
  if (entries_.size() == entries_.capacity()) entries_.reserve(entries_.size() + 1 + entries_.size() / 4);
  entries_.push_back(std::move(entry));
}

void RecentStories::Entry::set_texts(std::string_view title, std::string_view url, std::string_view source,
                                     std::string_view event) {
  std::string all;
  all.reserve(title.size() + url.size() + source.size() + event.size());
  std::size_t i = 0;
  for (const std::string_view text : {title, url, source}) {
    all.append(text);
    ends[i++] = static_cast<std::uint32_t>(all.size());
  }
  texts = std::move(all.append(event));
}

void RecentStories::Entry::show(const Observation& row, const Vote& vote, const DetectorOptions& options) {
  set_texts(cut_text(row.title, options.max_title_bytes),
            row.url.size() <= options.max_url_bytes ? std::string_view(row.url) : std::string_view(),
            cut_text(row.source, options.max_title_bytes), vote.risk.event);
  sentiment = vote.value;
  gravity = vote.risk.gravity;
}

TopStory RecentStories::Entry::shown() const {
  TopStory out;
  out.title = title();
  out.url = url();
  out.sentiment = sentiment;
  out.source = source();
  out.documents = documents;
  out.turned = turned;
  out.event = event();
  out.gravity = gravity;
  return out;
}

void RecentStories::note_change(std::uint32_t slot) {
  const auto at = std::lower_bound(changed_.begin(), changed_.end(), slot);
  if (at == changed_.end() || *at != slot) changed_.insert(at, slot);
}

std::vector<RecentStories::Entry>::iterator RecentStories::find(std::int64_t story) {
  return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.story == story; });
}

void RecentStories::take_document(std::int64_t story, bool turned) {
  const auto it = find(story);
  if (it == entries_.end()) return;
  it->documents = std::max<std::uint64_t>(it->documents, 2) - 1;
  it->turned = turned;
  note_change(it->slot);
}

void RecentStories::take_first(std::int64_t story) {
  if (const auto it = find(story); it != entries_.end()) give_up(it);
}

void RecentStories::forget(std::int64_t minute) {
  const auto old = [&](const Entry& entry) { return entry.minute < minute; };
  while (true) {
    const auto it = std::find_if(entries_.begin(), entries_.end(), old);
    if (it == entries_.end()) return;
    give_up(it);
  }
}

/// The last slot takes the place of the one that is free.
void RecentStories::give_up(std::vector<Entry>::iterator it) {
  const std::uint32_t free = it->slot, last = static_cast<std::uint32_t>(entries_.size() - 1);
  entries_.erase(it);
  note_change(free);
  note_change(last);
  for (Entry& entry : entries_) {
    if (entry.slot == last) entry.slot = free;
  }
  if (entries_.capacity() > 2 * entries_.size() + 4) entries_.shrink_to_fit();
}

bool RecentStories::take_text(std::int64_t story, const Observation& gone, const DetectorOptions& options) {
  const auto it = find(story);
  if (it == entries_.end() || it->title() != cut_text(gone.title, options.max_title_bytes)) return false;
  take_first(story);
  return true;
}

void RecentStories::pass(std::int64_t story, const Heir& heir, const DetectorOptions& options) {
  const auto it = find(story);
  if (it == entries_.end()) return;
  it->minute = minute_of(heir.document.at);
  it->documents = std::max<std::uint64_t>(it->documents, 2) - 1;
  it->turned = heir.turned;
  it->show(heir.document, heir.vote, options);
  it->sources.add(heir.document.source);
  note_change(it->slot);
}

bool RecentStories::repeat(std::int64_t story, const Observation& row, const DetectorOptions& options) {
  const auto it = find(story);
  if (it == entries_.end()) return false;
  ++it->documents;
  const bool turns = row.turned && !it->turned;
  it->turned = it->turned || row.turned;
  it->sources.add(row.source);
  it->several_sources = it->several_sources || it->source() != cut_text(row.source, options.max_title_bytes);
  note_change(it->slot);
  return turns;
}

std::optional<std::int64_t> RecentStories::turn(std::int64_t story) {
  const auto it = find(story);
  if (it == entries_.end() || it->turned) return std::nullopt;
  it->turned = true;
  note_change(it->slot);
  return it->minute;
}

std::vector<TopStory> RecentStories::top(std::int64_t from, std::int64_t to) const {
  std::vector<TopStory> stories;
  for (const Entry& entry : entries_) {
    if (entry.minute >= from && entry.minute <= to) stories.push_back(entry.shown());
  }
  std::stable_sort(stories.begin(), stories.end(), [](const TopStory& a, const TopStory& b) {
    return std::tuple(b.documents, a.sentiment) < std::tuple(a.documents, b.sentiment);
  });
  if (stories.size() > kTop) stories.resize(kTop);
  return stories;
}

std::string RecentStories::single_source(std::int64_t from, std::int64_t to) const {
  std::string source;
  for (const Entry& entry : entries_) {
    if (entry.minute < from || entry.minute > to) continue;
    if (entry.several_sources || (!source.empty() && source != entry.source())) return {};
    source = entry.source();
  }
  return source;
}

SourceSet RecentStories::sources(std::int64_t from, std::int64_t to) const {
  SourceSet sources;
  for (const Entry& entry : entries_) {
    if (entry.minute >= from && entry.minute <= to) sources.add(entry.sources);
  }
  return sources;
}

std::vector<std::uint32_t> RecentStories::slots() const {
  std::vector<std::uint32_t> slots;
  for (const Entry& entry : entries_) slots.push_back(entry.slot);
  return slots;
}

bool RecentStories::has(std::uint32_t slot) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.slot == slot; });
}

void RecentStories::save(std::uint32_t slot, BlobWriter& out) const {
  const Entry& entry = *std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.slot == slot; });
  out.i64(entry.story);
  out.i64(entry.minute);
  out.u64(entry.arrival);
  out.text(entry.title());
  out.text(entry.url());
  out.f64(entry.sentiment);
  out.text(entry.source());
  const bool tells_risk = !entry.event().empty() || entry.gravity != Gravity::none;
  out.u64(entry.documents | (entry.turned ? kTurned : 0) | (entry.several_sources ? kSeveralSources : 0) |
          kNamesSources | (tells_risk ? kTellsRisk : 0));
  entry.sources.save(out);
  if (!tells_risk) return;
  out.text(entry.event());
  out.u8(static_cast<std::uint8_t>(entry.gravity));
}

void RecentStories::load(std::uint32_t slot, BlobReader& in) {
  Entry entry;
  entry.slot = slot;
  entry.story = in.i64();
  entry.minute = in.i64();
  entry.arrival = in.u64();
  const std::string title = in.text(), url = in.text();
  entry.sentiment = in.f64();
  const std::string source = in.text();
  const std::uint64_t documents = in.u64();
  entry.documents = documents & ~kMarks;
  entry.several_sources = (documents & kSeveralSources) != 0;
  entry.turned = (documents & kTurned) != 0;
  if ((documents & kNamesSources) != 0) {
    entry.sources.load(in);
  } else {
    entry.sources.add(source);
  }
  std::string event;
  if ((documents & kTellsRisk) != 0) {
    event = in.text();
    entry.gravity = gravity_from(in.u8());
  }
  entry.set_texts(title, url, source, event);
  const auto after =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.arrival > entry.arrival; });
  entries_.insert(after, std::move(entry));
}

}  // namespace tapewatch::alerts
