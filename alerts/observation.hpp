#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alerts/rules/rule_options.hpp"

namespace tapewatch::alerts {

/// The label of a document, or of its view of an entity. `abstained` (not sure enough) and `unscored` are not neutral.
enum class Label { positive, neutral, negative, abstained, unscored };

/// A watched entity found in the document, with the label towards it.
struct ObservedEntity {
  std::string id;
  std::string name;
  Label label = Label::unscored;
  double sentiment = 0.0;
  std::vector<std::string> tags;  ///< of this entity in the watch list
  std::int64_t named_at = 0;      ///< the seq of the row that named it, if that came after the document; else 0
  Risk risk;                      ///< what happens to this entity
};

/// One stored row, or one tick, in the order of `seq`: the detector's only input.
struct Observation {
  std::int64_t seq = 0;
  TimePoint at{};     ///< min(published_at, received_at)
  bool late = false;  ///< older than T - max_lateness: it may not raise a live alert
  bool tick = false;  ///< only time passes: all fields but `seq` and `at` are ignored
  std::string topic;  ///< id; empty when unscored
  std::string source;
  Label label = Label::unscored;
  std::vector<ObservedEntity> entities;
  std::vector<std::string> tags;  ///< of those entities together; used if the entities have none of their own
  std::string story_key;
  std::int64_t story_id = 0;  ///< storage's; 0: derived from story_key
  bool turned = false;        ///< a correction that says the opposite of what its story's first document said
  bool revoked = false;       ///< of a Retraction's others: a revision of it has said the opposite of what it said
  double sentiment = 0.0;     ///< P(positive) - P(negative)
  double p_negative = 0.0;
  std::string title;
  std::string url;
  std::string document_id;
  std::string model_version;
  Risk risk;  ///< what happens, to whomever
};

/// Companies that a repeat or a revision names for the first time, as a row of the sequence.
struct Addition {
  std::int64_t seq = 0;
  Observation document;  ///< as it was observed, with what this row adds: the entities with its seq in `named_at`
};

/// A document that its source takes back, as a row of the sequence.
struct Retraction {
  std::int64_t seq = 0;
  Observation document;             ///< as it was observed, additions with it
  std::vector<Observation> others;  ///< what is left of its story, in the order of seq
};

}  // namespace tapewatch::alerts
