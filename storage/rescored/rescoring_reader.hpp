#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/time_point.hpp"

namespace tapewatch::storage {

/// What is to be scored again, and under which version of the model.
struct RescoringQuery {
  std::string model;                                       ///< the version; not ""
  TimePoint from{TimePoint::min()}, to{TimePoint::max()};  ///< half open, by the time that documents count at
  bool mentions = false;                                   ///< the companies that documents name, too
};

/// A company as a stored document names it.
struct MentionToScore {
  std::string id, name;
  std::uint32_t start = 0, end = 0;  ///< bytes of the present text; both 0: named by the source, or by another text
  bool is_named = true;              ///< by the present text
  std::size_t vote_text = 0;         ///< of DocumentToScore::texts: the one with which it gave its story's vote
};

/// A stored document with the texts whose scores the version lacks: nearly always one.
struct DocumentToScore {
  struct Text {
    std::string title, body;
    friend bool operator==(const Text&, const Text&) = default;
  };
  std::int64_t id = 0, revision = 0;
  TimePoint at{};
  std::string language;
  std::vector<Text> texts;    ///< the present one first
  std::size_t vote_text = 0;  ///< the one that it arrived with
  std::vector<MentionToScore> mentions;
};

struct RescoringCounts {
  std::int64_t documents = 0;  ///< to be scored
  std::int64_t swept = 0;      ///< whose text retention has deleted, whichever version scored them
};

/// Finds the stored documents that a version of the model has not scored, in any revision that counts. What is stored
/// since (RescoredWriter) is not found again, so that a run that was ended goes on where it was.
class RescoringReader {
 public:
  RescoringReader(Connection& connection, RescoringQuery query);
  /// The next ones, in the order of their times, from the first after those of the last call on.
  std::vector<DocumentToScore> next(std::size_t limit);
  /// From the first one on again.
  void start_over() { after_.reset(); }
  RescoringCounts counts() const;

 private:
  struct Place {
    std::int64_t at = 0, id = 0;
  };

  std::string condition() const;
  DocumentToScore document(std::int64_t id) const;
  std::vector<MentionToScore> mentions_of(DocumentToScore& document) const;

  Connection& connection_;
  const RescoringQuery query_;
  std::optional<Place> after_;
};

}  // namespace tapewatch::storage
