#pragma once
#include <optional>
#include <string>

namespace tapewatch::ingest {

/// One header of a Kafka record. Names may repeat; a value is any bytes, or null.
struct RecordHeader {
  std::string name;
  std::optional<std::string> value;

  friend bool operator==(const RecordHeader&, const RecordHeader&) = default;
};

}  // namespace tapewatch::ingest
