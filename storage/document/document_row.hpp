#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/time_point.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk.hpp"

namespace tapewatch::storage {

/// What a document says about one entity of the watch list.
struct EntityRow {
  std::string id, name;
  double sentiment = 0;              ///< in [−1,1], to the millionth; ignored when unscored
  Label label = Label::unscored;     ///< towards the entity
  std::string method = "document";   ///< where the label comes from: "document" or "attention" (towards the entity)
  std::uint32_t start = 0, end = 0;  ///< bytes in title + "\n" + body; both 0: named by the source only
  std::optional<std::array<float, 3>> probabilities = {};  ///< towards the entity; not stored
  std::int64_t named_at = 0;  ///< in a SequenceRow: the seq of the later row that named it first; 0: the document did
  std::optional<Risk> risk = {};  ///< that the document tells of the entity
};

/// A pair that the source gives beside the text.
struct MetadataRow {
  std::string name, value;

  friend auto operator<=>(const MetadataRow&, const MetadataRow&) = default;
};

/// A document as it is stored: text, times and scores.
struct DocumentRow {
  std::string source, id;  ///< the identity
  std::string title, body, url, language;
  TimePoint published_at{}, received_at{}, scored_at{};
  bool published_clamped = false;           ///< was in the future
  std::string published_from = "received";  ///< source record received
  std::string story_key;                    ///< "": a story of its own
  std::vector<std::byte> story_signature;   ///< kept with the story that this document begins
  /// The story that a new document joins, 0: a new one. Absent: the nearest in time of those with its key.
  std::optional<std::int64_t> story = {};
  bool turned = false;        ///< a correction that says the opposite of what its story's first document said
  std::string topic;          ///< id; "" when unscored
  std::vector<float> topics;  ///< all topic probabilities, in the model's order
  std::optional<std::array<float, 3>> probabilities;  ///< positive, neutral, negative
  Label label = Label::unscored;
  std::optional<Risk> risk = {};  ///< that it tells, of whomever
  std::string unscored_reason, model_version;
  bool truncated = false;
  /// The source's own number, from 0: one lower than stored is a repeat, a higher one is accepted whatever it changed.
  std::optional<std::int64_t> source_revision;
  bool explicit_insert = false;  ///< the source says that the document is there: brings back one that was removed
  std::vector<EntityRow> entities;
  std::vector<MetadataRow> metadata;  ///< a name may have several values

  /// P(positive) − P(negative) as the tables keep it, to the millionth; nothing without a score.
  std::optional<double> sentiment() const {
    if (!probabilities) return std::nullopt;
    return to_millionth(static_cast<double>((*probabilities)[0]) - static_cast<double>((*probabilities)[2]));
  }
};

}  // namespace tapewatch::storage
