#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "ingest/story/story_signature.hpp"
#include "model/prediction.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk.hpp"

namespace tapewatch {

/// A watched entity that a document names, as in the watch list when the document was scored.
struct ScoredEntity {
  std::string id, name;
  std::vector<std::string> tags;
  std::uint32_t start = 0, end = 0;  ///< first mention, bytes of the scored text; both 0: named by the source
  storage::Label label = storage::Label::unscored;    ///< towards the entity if `towards` is set, else the document's
  std::optional<model::SentimentScore> towards = {};  ///< absent: the model has no entity head, or the text is unscored
  std::optional<storage::Risk> risk = {};             ///< that happens to it; absent: none, or the model tells none
};

/// A record after the inference workers: what the writer needs to store it and to pass it to the detector. Plain data:
/// it names its model and its entities, so that storing it needs neither the model nor the watch list.
struct Scored {
  Incoming incoming;
  std::string model_version;                        ///< with the rules beside the model
  std::optional<model::Prediction> prediction;      ///< absent: not a document, or unscored; its `entities` are empty
  storage::Label label = storage::Label::unscored;  ///< of the document
  std::string topic;                                ///< id of the most probable one; "" where there is none
  std::optional<storage::Risk> risk;                ///< that the document tells
  std::string unscored_reason;                      ///< "language:de", "error:…"; empty when scored
  std::string story_key;
  ingest::StorySignature story_signature;
  std::vector<ScoredEntity> entities;  ///< each once, in the order of their first mentions
  TimePoint scored_at{};
};

}  // namespace tapewatch
