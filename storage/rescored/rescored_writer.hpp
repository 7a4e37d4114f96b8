#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/time_point.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk.hpp"

namespace tapewatch::storage {

/// What a version of the model makes of a text.
struct TextScore {
  std::string topic;  ///< id; "" when unscored
  Label label = Label::unscored;
  std::optional<std::array<float, 3>> probabilities;  ///< positive, neutral, negative; nothing when unscored
  std::optional<Risk> risk = {};
};

/// What it makes of a text about a company.
struct MentionScore {
  Label label = Label::unscored;
  double sentiment = 0;           ///< in [−1,1]; ignored when unscored
  std::optional<Risk> risk = {};  ///< that the text tells of the company
};

struct RescoredMention {
  std::string entity;               ///< id
  std::string method = "document";  ///< EntityRow's
  std::optional<MentionScore> now;  ///< nothing: the present text does not name it
  std::string vote_topic;
  MentionScore vote;
};

/// A stored document under another version of the model.
struct RescoredRow {
  std::int64_t document = 0, revision = 0;  ///< as they were read (DocumentToScore)
  std::string model_version;
  TimePoint scored_at{};
  TextScore now, vote;    ///< of its present text, and of the one that it arrived with
  bool mentions = false;  ///< whether `entities` has all the companies that it names
  std::vector<RescoredMention> entities;
};

/// Keeps scores of stored documents under another version than the one that scored them, beside theirs, and adds them
/// to that version's roll-ups. Inside the caller's Transaction, on the writer thread. Throws StorageError.
class RescoredWriter {
 public:
  explicit RescoredWriter(Connection& connection);
  /// In place of what the version has said of the document before. False, and nothing is kept: the document has been
  /// revised, taken back or swept since it was read.
  bool store(const RescoredRow& row);

 private:
  bool has_mentions(const RescoredRow& row, std::int64_t model);
  void write(const RescoredRow& row, std::int64_t model);

  Connection& connection_;
  Dictionary topics_, entities_, models_, events_;
};

}  // namespace tapewatch::storage
