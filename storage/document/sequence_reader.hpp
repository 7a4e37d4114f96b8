#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

/// A document as it first arrived, companies that a later row named first, a tick, or a revision that says the
/// opposite: what the detector saw, in the order in which it saw it.
struct SequenceRow {
  std::int64_t seq = 0;
  bool tick = false;
  bool addition = false;  ///< of the entities with its seq in `named_at`, to the document that the row describes
  bool revised = false;   ///< a revision says the opposite of the document, which is described as it arrived
  TimePoint at{};         ///< min(published, received), or the tick
  bool late = false;
  std::string document_id, source, topic, title, url, model_version;
  Label label = Label::unscored;
  std::int64_t story_id = 0;
  bool turned = false;                     ///< DocumentRow's
  std::optional<std::int64_t> turned_seq;  ///< of the first revision that says the opposite of the document
  std::optional<double> sentiment;
  std::optional<Risk> risk = {};  ///< as of the vote, like the label and the sentiment
  double p_negative = 0;
  std::vector<EntityRow> entities;

  bool is_document() const { return !tick && !addition && !revised; }  ///< a new one
};

/// Whose scores the sequence is read with. Without a model: as each document was scored when it came.
struct ScoreView {
  std::string model;  ///< a version: of documents that it has scored again the scores are its own
  std::string also;   ///< a version whose scores are taken as they are; "": none

  bool has(std::string_view version) const { return version == model || (!also.empty() && version == also); }
};

/// A removal as a row of the sequence.
struct RemovedRow {
  std::int64_t seq = 0, document = 0;
};

/// The stored sequence as it should have been, for rebuilding a detector: with the times that re-anchorings have put
/// right, and without the rows that they hold and the documents that were removed. Titles and URLs are those of the
/// latest revision; topics, labels, sentiments, risks and the version of the model those of the arrival, or of whoever
/// named the companies that an addition adds. A revision is a row of its own where it was the first one to say the
/// opposite. How it was is sequence_export.hpp's.
class SequenceReader {
 public:
  explicit SequenceReader(Connection& connection, const ScoreView& view = {});
  /// Rows with a larger seq, in order.
  std::vector<SequenceRow> after(std::int64_t seq, std::size_t limit) const;
  /// A document as it was observed, with what rows up to `observed` have added to it; nothing for one that a
  /// re-anchoring holds.
  std::optional<SequenceRow> document(std::int64_t id, std::int64_t observed = INT64_MAX) const;
  /// What the row `seq` has added to a document.
  std::optional<SequenceRow> addition(std::int64_t document, std::int64_t seq) const;
  /// The revision with this seq, if it was the first one to say the opposite of a document.
  std::optional<SequenceRow> turn(std::int64_t document, std::int64_t seq) const;
  /// The documents that tell a story, the first ones, without those that a re-anchoring holds: what is left of it
  /// without one of them. `before`: as of a removal with this seq, to whoever has observed the rows up to `observed`
  /// and none of the later ones that were removed since; by default as it is now.
  std::vector<SequenceRow> of_story(std::int64_t story, std::int64_t without, std::int64_t before = INT64_MAX,
                                    std::int64_t observed = 0) const;
  /// The removals after `seq` of documents from up to it.
  std::vector<RemovedRow> removals_after(std::int64_t seq) const;
  /// One less than the first seq from which on every document with `at` >= `from` lies: a start for after().
  std::int64_t before(TimePoint from) const;
  /// The largest time of a document; nothing before the first.
  std::optional<TimePoint> newest() const;
  /// The seq of the first row with a later time; nothing where there is none.
  std::optional<std::int64_t> first_after(TimePoint to) const;
  /// Of the documents with a time in (after, to] that a re-anchoring holds, and of those that it moved from there, the
  /// first; nothing where none is held.
  std::optional<std::int64_t> first_held(TimePoint after, TimePoint to) const;
  /// The earliest `at` of a document that this model scored, then or later; nothing where there is none.
  std::optional<TimePoint> first_of(std::string_view model_version) const;
  /// The version that scored the document that came last; nothing before the first.
  std::optional<std::string> last_model() const;

 private:
  void add(const Statement& read, std::vector<SequenceRow>& rows) const;
  std::vector<EntityRow> observed_entities(std::int64_t document, std::int64_t observed) const;

  Connection& connection_;
  std::string mentions_ = "document_entity";
  std::string select_;  // documents `d` as document_of() reads them; the rest of the query follows
};

}  // namespace tapewatch::storage
