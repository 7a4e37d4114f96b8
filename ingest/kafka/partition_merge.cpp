#include "ingest/kafka/partition_merge.hpp"

#include <algorithm>

namespace tapewatch::ingest {
namespace {

// How far behind a wrongly dated record an older one is looked for.
constexpr std::ptrdiff_t kLookAhead = 16;

std::size_t size_of(const Record& record) {
  std::size_t size = sizeof(Record) + record.payload.size() + record.key.size() + record.topic.size();
  for (const RecordHeader& header : record.headers) {
    size += sizeof(RecordHeader) + header.name.size() + (header.value ? header.value->size() : 0);
  }
  return size;
}

}  // namespace

void PartitionMerge::add(const Partition& partition, Time now) {
  const auto [at, added] = lanes_.try_emplace(partition);
  if (!added) return;
  at->second.partition = partition;
  await(at->second, now + limits_.first_patience);
}

void PartitionMerge::remove(const Partition& partition) {
  Lane* const lane = find(partition);
  if (lane == nullptr) return;
  bytes_ -= lane->bytes;
  lane->records.clear();
  rank(*lane);
  await(*lane, std::nullopt);
  std::erase(ends_, lane);
  lanes_.erase(partition);
  if (lanes_.empty()) newest_.reset();
}

void PartitionMerge::clear() {
  while (!lanes_.empty()) remove(Partition(lanes_.begin()->first));
}

bool PartitionMerge::wants(const Partition& partition) const {
  const auto at = lanes_.find(partition);
  if (at == lanes_.end()) return false;
  const Lane& lane = at->second;
  return lane.records.empty() ||
         (lane.records.size() < limits_.records / lanes_.size() && lane.bytes < limits_.bytes / lanes_.size());
}

void PartitionMerge::push(Record record) {
  Lane* const lane = find({record.topic, record.partition});
  if (lane == nullptr) return;
  await(*lane, std::nullopt);
  const std::size_t size = size_of(record);
  lane->bytes += size;
  bytes_ += size;
  lane->ended = record.end;
  lane->records.push_back(std::move(record));
  if (lane->ended && lane->records.size() == 1) ends_.push_back(lane);
  if (std::ssize(lane->records) <= kLookAhead) rank(*lane);
}

void PartitionMerge::reached_end(const Partition& partition) {
  Lane* const lane = find(partition);
  if (lane == nullptr) return;
  lane->ended = true;
  await(*lane, std::nullopt);
}

std::optional<Record> PartitionMerge::next(Time now) {
  if (!ends_.empty()) {
    Lane* const lane = ends_.front();
    ends_.pop_front();
    return take(*lane, now);
  }
  while (!waits_.empty() && waits_.begin()->first <= now) await(*waits_.begin()->second, std::nullopt);
  if (heads_.empty() || !waits_.empty()) return std::nullopt;
  return take(*heads_.begin()->second, now);
}

std::optional<PartitionMerge::Time> PartitionMerge::waits_until() const {
  return heads_.empty() || waits_.empty() ? std::nullopt : std::optional(waits_.begin()->first);
}

PartitionMerge::Lane* PartitionMerge::find(const Partition& partition) {
  const auto at = lanes_.find(partition);
  return at == lanes_.end() ? nullptr : &at->second;
}

// Puts the lane into its place among the heads, or takes it out.
void PartitionMerge::rank(Lane& lane) {
  const auto oldest = oldest_of(lane);
  if (oldest == lane.oldest) return;
  if (lane.oldest) heads_.erase({*lane.oldest, &lane});
  if (oldest) heads_.insert({*oldest, &lane});
  lane.oldest = oldest;
}

void PartitionMerge::await(Lane& lane, std::optional<Time> until) {
  if (lane.awaited) waits_.erase({*lane.awaited, &lane});
  if (until) waits_.insert({*until, &lane});
  lane.awaited = until;
}

Record PartitionMerge::take(Lane& lane, Time now) {
  Record record = std::move(lane.records.front());
  lane.records.pop_front();
  const std::size_t size = size_of(record);
  lane.bytes -= size;
  bytes_ -= size;
  if (!record.end && record.timestamp) {
    lane.passed = *record.timestamp;
    note_time(lane.passed);
  }
  if (lane.records.empty()) {
    if (!lane.ended) await(lane, now + limits_.patience);
  } else if (lane.records.front().end) {
    ends_.push_back(&lane);
  }
  rank(lane);
  return record;
}

void PartitionMerge::note_time(TimePoint at) {
  if (newest_ && at < *newest_) {
    disorder_ = std::max(disorder_, std::chrono::duration_cast<std::chrono::milliseconds>(*newest_ - at));
  } else {
    newest_ = at;
  }
}

std::optional<TimePoint> PartitionMerge::oldest_of(const Lane& lane) {
  if (lane.records.empty() || lane.records.front().end) return std::nullopt;
  TimePoint oldest = TimePoint::max();
  TimePoint before = lane.passed;
  const auto stop = lane.records.begin() + std::min(kLookAhead, std::ssize(lane.records));
  for (auto record = lane.records.begin(); record != stop; ++record) {
    if (record->end) continue;
    before = record->timestamp.value_or(before);
    oldest = std::min(oldest, before);
  }
  return oldest;
}

}  // namespace tapewatch::ingest
