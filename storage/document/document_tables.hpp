#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/label.hpp"
#include "storage/document/risk_columns.hpp"

namespace tapewatch::storage {

struct ScoredEntity {
  const EntityRow* row = nullptr;
  std::int64_t key = 0;
  Label label = Label::unscored;
  std::optional<std::int64_t> micro;
  RiskColumns risk;
};

/// A row's names as keys, its label, sentiment and risk as numbers.
struct ScoredRow {
  std::int64_t topic = 0, model = 0;
  Label label = Label::unscored;
  std::optional<std::int64_t> micro;
  RiskColumns risk;
  std::vector<ScoredEntity> entities;  ///< each once
};

/// What the tables hold for an identity.
struct KnownDocument {
  bool remembered_only = false;  ///< retention has deleted the row
  std::int64_t id = 0, seq = 0, revision = 1, source_revision = 0, source = 0, story = 0, topic = 0, model = 0;
  TimePoint at{}, published_at{};
  Label label = Label::unscored;
  std::optional<std::int64_t> micro;
  std::string title, body;
};

/// The last removal of an identity.
struct KnownRemoval {
  std::int64_t seq = 0;
  std::optional<std::int64_t> source_revision;  ///< revisions up to it stay away; nothing: all
  std::optional<std::int64_t> document;
};

struct KnownEntity {
  struct Score {
    Label label;
    std::optional<std::int64_t> micro;
  };
  std::int64_t key = 0;
  std::optional<Score> current;
};

struct LaterVote {
  std::int64_t seq = 0, topic = 0, model = 0;
  std::optional<bool> late;  ///< for a live alert; nothing: the detector is not told of it
};

/// The place of a new document.
struct DocumentPlace {
  std::int64_t id = 0, source = 0, story = 0;
  TimePoint at{}, stored_at{};
  bool late = false;
};

/// The statements behind DocumentWriter: each reads or writes one table row and decides nothing.
class DocumentTables {
 public:
  explicit DocumentTables(Connection& connection);

  /// Throws std::invalid_argument for a class without probabilities, a sentiment that is not a number,
  /// a risk without an event.
  ScoredRow scores(const DocumentRow& row);
  std::int64_t source(std::string_view name) { return sources_.key(name); }
  /// The document that is there, not one that was removed.
  std::optional<KnownDocument> find(std::int64_t source, std::string_view external_id);
  std::optional<KnownRemoval> last_removal(std::int64_t source, std::string_view external_id);
  /// The roll-up minute of a time: its quarter hour where minutes have been folded.
  std::int64_t rollup_minute(TimePoint at);

  void insert(const DocumentRow& row, const DocumentPlace& place, const ScoredRow& scores);
  /// Keeps which companies the present revision names, before they are revised.
  void keep_mentions(const KnownDocument& known);
  void revise(const DocumentRow& row, const KnownDocument& known, std::int64_t seq, TimePoint stored_at,
              const ScoredRow& scores);

  /// Marks a row as removed; its text has been erased.
  void remove(const KnownDocument& known, std::int64_t seq);

  std::vector<KnownEntity> entities_of(std::int64_t document);
  /// `later`: a revision brought in the entity, which votes at that time; else it votes with the document.
  void insert_entity(std::int64_t document, const ScoredEntity& entity, std::optional<LaterVote> later = std::nullopt);
  void revise_entity(std::int64_t document, const ScoredEntity& entity);
  void drop_entity(std::int64_t document, std::int64_t entity);

  /// Adds to a name's counter of documents; `at` may raise its last_seen.
  void count(std::string_view table, std::int64_t key, int times, TimePoint at);
  void count_entity(const ScoredEntity& entity, int times, TimePoint at);
  void note_model(std::int64_t model, TimePoint at);

 private:
  Connection& connection_;
  Dictionary topics_, sources_, entities_, models_, events_;
};

}  // namespace tapewatch::storage
