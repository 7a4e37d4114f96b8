#include "ingest/kafka/partition_merge.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;
using Time = PartitionMerge::Time;

constexpr Time kStart{1h};

Partition of(std::int32_t number) { return {"news", number}; }

Record record(std::int32_t partition, std::int64_t offset, std::optional<int> seconds, std::string payload = "x") {
  Record made;
  made.topic = "news";
  made.partition = partition;
  made.offset = offset;
  made.payload = std::move(payload);
  if (seconds) made.timestamp = TimePoint(std::chrono::seconds(*seconds));
  return made;
}

Record end(std::int32_t partition, std::int64_t offset) {
  Record made = record(partition, offset, std::nullopt, "");
  made.end = true;
  return made;
}

// The records that come now: "0@5" a record, "0|6" an end.
std::string records(PartitionMerge& merge, Time now) {
  std::string text;
  while (const auto record = merge.next(now)) {
    text += (text.empty() ? "" : " ") + std::to_string(record->partition) + (record->end ? "|" : "@") +
            std::to_string(record->offset);
  }
  return text;
}

TEST_CASE("records of all partitions come by time, of equal times the first partition's first") {
  PartitionMerge merge;
  for (const int partition : {2, 0, 1}) merge.add(of(partition), kStart);
  for (int i = 0; i < 3; ++i) merge.push(record(1, i, 10 * i));
  for (int i = 0; i < 3; ++i) merge.push(record(0, i, 10 * i + 5));
  for (int i = 0; i < 3; ++i) merge.push(record(2, i, 10 * i + 5));
  for (const int partition : {0, 1, 2}) merge.reached_end(of(partition));
  CHECK(records(merge, kStart) == "1@0 0@0 2@0 1@1 0@1 2@1 1@2 0@2 2@2");
  CHECK(merge.disorder() == 0ms);
  CHECK(merge.bytes() == 0);
}

TEST_CASE("a partition that has nothing queued holds the others for 200 ms, and then nobody") {
  PartitionMerge merge;
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  merge.push(record(0, 0, 100));
  merge.push(record(0, 1, 300));
  merge.push(record(0, 2, 400));
  CHECK(records(merge, kStart).empty());  // partition 1 has not answered yet
  merge.push(record(1, 0, 50));
  CHECK(records(merge, kStart) == "1@0");
  CHECK(merge.waits_until() == kStart + 200ms);
  CHECK(records(merge, kStart + 199ms).empty());
  merge.push(record(1, 1, 200));
  CHECK(records(merge, kStart + 199ms) == "0@0 1@1");
  CHECK(merge.waits_until() == kStart + 399ms);
  CHECK(records(merge, kStart + 399ms) == "0@1 0@2");
  CHECK_FALSE(merge.waits_until());
  merge.push(record(0, 3, 500));
  CHECK(records(merge, kStart + 600ms) == "0@3");  // both were given up: no second wait
  merge.push(record(1, 2, 450));
  CHECK(records(merge, kStart + 799ms).empty());
  CHECK(records(merge, kStart + 800ms) == "1@2");
  CHECK(merge.disorder() == 50s);
}

TEST_CASE("a partition read to its end holds nobody, until it has had a record again") {
  PartitionMerge merge;
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  merge.push(end(1, 7));  // empty, and its positions are known up to 7
  merge.push(record(0, 0, 100));
  merge.push(record(0, 1, 101));
  CHECK(records(merge, kStart) == "1|7 0@0 0@1");
  merge.push(record(1, 7, 102));
  merge.push(record(0, 2, 103));
  CHECK(records(merge, kStart) == "1@7");  // 0 has more, and 1 may have
  merge.reached_end(of(1));
  CHECK(records(merge, kStart) == "0@2");
}

TEST_CASE("an end keeps its place among the partition's records and waits for nobody") {
  PartitionMerge merge;
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  merge.push(record(1, 0, 10));
  merge.push(end(1, 3));
  merge.push(record(1, 3, 30));
  merge.push(end(1, 5));
  CHECK(records(merge, kStart).empty());  // partition 0 is waited for
  merge.push(end(0, 0));
  CHECK(records(merge, kStart) == "0|0 1@0 1|3 1@3 1|5");
}

TEST_CASE("the first answer may take longer than later ones") {
  PartitionMerge merge;
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  merge.push(record(0, 0, 100));
  CHECK(records(merge, kStart + MergeLimits{}.first_patience - 1ms).empty());
  CHECK(records(merge, kStart + MergeLimits{}.first_patience) == "0@0");
}

TEST_CASE("records without a time come at once, in their place in the partition") {
  PartitionMerge merge;
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  merge.push(record(0, 0, 100));
  merge.push(record(0, 1, std::nullopt));
  merge.push(record(0, 2, 300));
  merge.push(record(1, 0, std::nullopt));
  merge.push(record(1, 1, 200));
  merge.reached_end(of(0));
  merge.reached_end(of(1));
  CHECK(records(merge, kStart) == "1@0 0@0 0@1 1@1 0@2");
}

TEST_CASE("records dated too late do not hold back those behind them, nor do those dated too early run ahead") {
  PartitionMerge merge;
  for (const int partition : {0, 1}) merge.add(of(partition), kStart);
  for (int i = 0; i < 40; ++i) merge.push(record(0, i, i == 4 || i == 5 ? 1'000'000 : i == 30 ? 0 : 10 * i));
  for (int i = 0; i < 40; ++i) merge.push(record(1, i, 10 * i + 1));
  for (const int partition : {0, 1}) merge.reached_end(of(partition));
  int last[2] = {-1, -1};
  while (const auto next = merge.next(kStart)) {
    const int partition = next->partition;
    CHECK(next->offset == last[partition] + 1);
    last[partition] = static_cast<int>(next->offset);
    CHECK(std::abs(last[0] - last[1]) <= 17);
    if (last[0] == 6) CHECK(last[1] <= 7);
  }
  CHECK(last[0] + last[1] == 78);
}

TEST_CASE("a queue has room for its share of records and bytes, and always for one record") {
  MergeLimits limits;
  limits.records = 6;
  limits.bytes = 20'000;
  PartitionMerge merge(limits);
  merge.add(of(0), kStart);
  merge.add(of(1), kStart);
  CHECK_FALSE(merge.wants(of(2)));
  for (int i = 0; i < 3; ++i) {
    CHECK(merge.wants(of(0)));
    merge.push(record(0, i, i));
  }
  CHECK_FALSE(merge.wants(of(0)));
  CHECK(merge.wants(of(1)));
  merge.push(record(1, 0, 0, std::string(50'000, 'x')));
  CHECK_FALSE(merge.wants(of(1)));
  CHECK(merge.bytes() > 50'000);
  CHECK(merge.next(kStart)->partition == 0);
  CHECK(merge.wants(of(0)));
  merge.remove(of(1));
  CHECK(merge.bytes() < 5'000);
  CHECK(merge.wants(of(0)));
}

TEST_CASE("what is queued of a revoked partition is dropped, and it is waited for no longer") {
  PartitionMerge merge;
  for (const int partition : {0, 1, 2}) merge.add(of(partition), kStart);
  merge.push(record(0, 0, 10));
  merge.push(record(1, 0, 5));
  merge.push(end(2, 4));
  merge.remove(of(1));
  CHECK(records(merge, kStart) == "2|4 0@0");
  merge.push(record(1, 1, 6));  // still on its way
  CHECK(records(merge, kStart + 1s).empty());
  merge.add(of(1), kStart);
  merge.add(of(2), kStart);  // was never removed: still at its end
  merge.push(record(1, 0, 5));
  merge.reached_end(of(0));
  CHECK(records(merge, kStart) == "1@0");
  merge.push(end(0, 1));
  merge.clear();
  CHECK(records(merge, kStart + 1h).empty());
  CHECK(merge.bytes() == 0);
}

TEST_CASE("six partitions that arrive one after the other come in order, within bounds") {
  constexpr int kPartitions = 6, kRecords = 20'000;
  MergeLimits limits;
  limits.records = 600;
  PartitionMerge merge(limits);
  std::mt19937 random(1);
  std::vector<std::vector<Record>> logs(kPartitions);
  for (int i = 0; i < kRecords; ++i) {
    const auto partition = static_cast<std::int32_t>(random() % kPartitions);
    logs[partition].push_back(record(partition, std::ssize(logs[partition]), i));
  }
  for (int p = 0; p < kPartitions; ++p) merge.add(of(p), kStart);
  std::vector<std::size_t> fetched(kPartitions);
  int taken = 0;
  while (taken < kRecords) {
    for (int p = 0; p < kPartitions; ++p) {
      while (fetched[p] < logs[p].size() && merge.wants(of(p))) merge.push(logs[p][fetched[p]++]);
      if (fetched[p] == logs[p].size()) merge.reached_end(of(p));
    }
    CHECK(merge.bytes() <= 600 * (sizeof(Record) + 100));
    const auto next = merge.next(kStart);
    REQUIRE(next);
    REQUIRE(next->timestamp == TimePoint(std::chrono::seconds(taken++)));
  }
  CHECK(merge.disorder() == 0ms);
}

}  // namespace
}  // namespace tapewatch::ingest
