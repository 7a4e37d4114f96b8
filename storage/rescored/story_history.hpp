#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "storage/connection/connection.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

/// Sums by entity (0: of documents), minute, topic and source.
using StorySums = std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>, RollupDelta>;

/// What a story's documents that a version of the model has scored again add to the roll-ups of that version, as the
/// tables are now: in place of the votes that count under it now, those that it would have given.
StorySums rescored_sums(Connection& connection, std::int64_t story, std::int64_t model);

/// Keeps rescored_topic and rescored_entity as they should be while a story changes: made before the change, it notes
/// what they hold of the story; finish() adds the difference. Costs one look-up where nothing of the story has been
/// scored again. Inside the caller's Transaction.
class StoryChange {
 public:
  /// `model`: the version that is about to score documents of the story again.
  StoryChange(Connection& connection, std::int64_t story, std::optional<std::int64_t> model = std::nullopt);
  void finish();

 private:
  Connection& connection_;
  const std::int64_t story_;
  std::map<std::int64_t, StorySums> before_;  // by version
};

}  // namespace tapewatch::storage
