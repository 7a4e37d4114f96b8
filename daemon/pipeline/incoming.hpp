#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/pipeline/bounded_queue.hpp"
#include "ingest/document/document.hpp"
#include "ingest/kafka/record.hpp"
#include "storage/document/document_writer.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {

/// The result of one record, delivered once, after the commit that made it durable.
struct Commit {
  bool stored = false;                                    ///< a document was inserted, revised or repeated
  storage::Outcome outcome = storage::Outcome::repeated;  ///< meaningful when `stored`
  std::int64_t seq = 0;                                   ///< commit sequence of the row, when `stored`
  std::int64_t document = 0;                              ///< in decimal the document's public id, when `stored`
  std::string error;                                      ///< why it was not stored (dead-lettered), else empty
};

/// A record that cannot become a document; it is stored in the database with the reason, and its position advances.
struct DeadLetter {
  std::string pointer;   ///< where in the record ("/headline"), may be empty
  std::string reason;    ///< what is wrong with it
  std::string payload;   ///< the record as it came
  std::string position;  ///< for people: "news.raw/3@1042"
  /// Of a Kafka record: its key, its headers and its own time, where it has them.
  std::optional<std::string> key;
  std::vector<ingest::RecordHeader> headers;
  std::optional<ingest::TimePoint> record_at;
  bool tombstone = false;  ///< a Kafka record without a value, unlike an empty one
};

/// A document that its source takes back, or that an operator deletes.
struct Removal {
  std::string source, id;                ///< the identity
  std::optional<std::int64_t> revision;  ///< the source's own number
  std::int64_t document = 0;             ///< the public id in place of the identity, 0: none
  ingest::TimePoint received_at{};
  std::string token, role;  ///< of the operator who deletes it, for the audit; role "": its source takes it back
};

/// A document that must not be seen yet: its source withholds it, or it is under embargo.
struct Hold {
  ingest::Document document;
};

/// Only a position: no document, but what comes with it (feed validators) is committed in order.
struct Nothing {};

using Content = std::variant<ingest::Document, DeadLetter, Nothing, Removal, Hold>;

/// What becomes of a document that was read: it is stored, held, or what it names is taken back.
Content content_of(ingest::Document document);

/// One record of a source on its way to the writer.
///
/// A source numbers its records from 0 without gaps, in the order in which it read them; the writer restores that order
/// before it commits, so a stored position covers everything before it. Every number handed out must be
/// pushed.
struct Incoming {
  std::uint32_t source_slot = 0;
  std::uint64_t number = 0;
  std::string source;  ///< configured name, for metrics, health and dead letters
  Content content = Nothing{};
  std::optional<storage::KafkaPosition> kafka;  ///< committed with the record
  /// Where partitions start, of one assignment: committed together, so that none of them appears later.
  std::vector<storage::KafkaPosition> kafka_starts;
  std::int64_t released = 0;              ///< the id that the document was held under, 0: none
  std::optional<std::string> feed_state;  ///< committed with the record: the feed's validators as JSON
  /// Called on the writer thread after the commit, once; must neither block nor throw. Not called when the daemon stops
  /// before the commit: the source sends the record again.
  std::function<void(const Commit&)> on_commit;
  std::chrono::steady_clock::time_point read_at = std::chrono::steady_clock::now();  ///< for latencies
};

using DocumentQueue = BoundedQueue<Incoming>;

/// Hands out source slots. Any thread.
class SourceRegistry {
 public:
  std::uint32_t add() { return next_++; }
  std::uint32_t size() const { return next_; }

 private:
  std::atomic<std::uint32_t> next_ = 0;
};

}  // namespace tapewatch
