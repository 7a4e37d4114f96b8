#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/connection/connection.hpp"
#include "storage/connection/time_point.hpp"
#include "storage/document/label.hpp"
#include "storage/sentiment/rollup_layout.hpp"

namespace tapewatch::storage {

/// The grains in which a document is the first of its story.
using FirstIn = std::array<bool, kGrainCount>;

/// The amounts added to one roll-up row.
struct RollupDelta {
  DocumentSums documents;
  std::array<VoteSums, kGrainCount> votes;  ///< by Grain

  /// Counts a document in (times = 1) or out (times = −1).
  void add_document(Label label, std::optional<std::int64_t> micro, int times);
  /// The same for its story's votes, in the grains in which it is the first.
  void add_votes(Label label, std::optional<std::int64_t> micro, const FirstIn& first, int times = 1);
};

struct RollupKey {
  std::optional<std::int64_t> entity;  ///< set: rollup_entity, else rollup_topic
  std::int64_t minute = 0, topic = 0, source = 0, model = 0;
};

/// Adds to a row of rollup_entity if the key has an entity, else of rollup_topic; creates it if missing. Inside the
/// caller's Transaction.
void add_to_rollup(Connection& connection, const RollupKey& key, const RollupDelta& delta);
/// The same in rescored_entity or rescored_topic.
void add_to_rescored(Connection& connection, const RollupKey& key, const RollupDelta& delta);

/// The roll-up minute of a time: its quarter hour where minutes have been folded.
std::int64_t rollup_minute(Connection& connection, TimePoint at);

/// " ON CONFLICT DO UPDATE SET …" that adds every sum to the existing row of the table's stored form.
std::string add_on_conflict(const RollupTable& table);

}  // namespace tapewatch::storage
