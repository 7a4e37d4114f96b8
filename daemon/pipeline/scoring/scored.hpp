#pragma once

#include <vector>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/incoming.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/prediction.hpp"

namespace tapewatch {

/// A record after the inference workers: what the writer needs to store it and to let the detector see it.
struct Scored {
  Incoming incoming;
  std::optional<model::Prediction> prediction;  ///< absent: not a document, or unscored
  std::string unscored_reason;                  ///< "language:de", "error:…"; empty when scored
  std::string story_key;
  std::vector<ingest::EntityMention> mentions;  ///< each entity once; in the order of prediction->entities
  TimePoint scored_at{};
};

}  // namespace tapewatch
