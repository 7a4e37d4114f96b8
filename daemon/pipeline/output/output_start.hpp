#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ingest/kafka/kafka_output.hpp"
#include "storage/connection/time_point.hpp"

namespace tapewatch {

/// What is known of an output when it begins to publish.
struct OutputFacts {
  std::optional<ingest::CommittedEvent> brokers;  ///< committed with the records
  std::optional<storage::TimePoint> written_at;   ///< when the database's event of that number was written
  std::int64_t database = 0;                      ///< the last one that the database knows to be published
  std::int64_t oldest = 0, newest = 0;            ///< the events that are kept; 0: none, and none ever
};

struct OutputStartDecision {
  std::int64_t after = 0;    ///< the last event that is not published any more
  std::string warning = {};  ///< for the log; empty: the usual case
};

/// Where an output goes on. The position of the brokers counts where the database has the same event: it is exact. One
/// that tells of another event is that of another database, or of this one before a backup was restored: the
/// database's own position counts then, so that nothing is left out; what was published since that backup and is read
/// again by the sources is published again. Pure.
OutputStartDecision decide_output_start(const OutputFacts& facts);

}  // namespace tapewatch
