#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/kafka/delivered_record.hpp"
#include "ingest/record/record_header.hpp"

namespace tapewatch::ingest {

/// One Kafka record as it was read, or a partition's end.
struct Record {
  std::string payload;
  std::string key;
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<TimePoint> timestamp;  // the record's own, if it has one
  bool tombstone = false;              // no value at all, unlike an empty value
  bool keyed = false;                  // it has a key, perhaps an empty one
  std::vector<RecordHeader> headers;   // in the record's order
  std::string cluster;                 // the id of the cluster that it was read from
  std::int64_t incarnation = 0;        // of the topic, see PartitionOffset
  std::uint64_t checksum = 0;          // record_checksum()

  /// Not a record: everything before `offset` has been read, and at that moment there was nothing after it.
  bool end = false;
  /// With `end`: before `offset` stands what is never delivered (transaction markers, aborted records, compacted ones).
  bool passed = false;
};

/// How the record is recognised later.
inline DeliveredRecord delivered_record(const Record& record) {
  return {record.offset, record.timestamp ? record.timestamp->time_since_epoch().count() : -1, record.checksum};
}

}  // namespace tapewatch::ingest
