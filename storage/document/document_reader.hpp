#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

/// How new a document was when it came: its place among the reports of its story, in the order of their arrival, with
/// those that their sources have taken back since.
struct Novelty {
  /// 1: nobody told it before. Nothing: retention has deleted earlier reports, or may have.
  std::optional<std::int64_t> report;
  TimePoint first_at{};                     ///< `at` of the first report
  std::optional<std::string> first_source;  ///< nothing where `report` is nothing
};

/// A stored document. `public_id` is the row id in decimal: never reused, the same for all revisions.
struct StoredDocument {
  std::string public_id;
  DocumentRow row;
  std::optional<double> sentiment;  ///< nothing when unscored
  TimePoint at{};                   ///< min(published, received) of the first revision: the bucket it counts in
  TimePoint stored_at{};            ///< of the first revision
  std::optional<TimePoint> revised_at;
  std::int64_t seq = 0;        ///< of the last change
  std::int64_t first_seq = 0;  ///< of the arrival
  std::int64_t revision = 1;
  bool late = false;
  std::int64_t story_id = 0, story_documents = 0;
  std::optional<Novelty> novelty;  ///< nothing of a removed document
  /// Its source has taken it back: title, body and URL are erased, times and scores stay.
  std::optional<std::int64_t> removed_seq;
  std::optional<TimePoint> removed_at;
  /// It came as history, by an import or a replay; nothing: not kept (stored before schema 26, or swept).
  std::optional<bool> backfilled;
  bool counted = false;  ///< removed after retention had deleted its row: roll-ups go on counting it
};

struct StoredRevision {
  std::int64_t revision = 0, seq = 0;
  TimePoint stored_at{}, published_at{};
  std::string title, body, topic, model_version;
  Label label = Label::unscored;
  std::optional<double> sentiment;
};

/// What is read of a document: lists do without its body and the probabilities of its topics.
enum class DocumentText { listed, whole };

/// A number of a point of /v1/sentiment that counts stories. Behind it stand the documents that gave their story's vote
/// in the series: its first one there.
enum class StoryNumber { stories, scored, negative_stories };

enum class DocumentOrder { newest, oldest, most_negative, most_positive };

struct DocumentQuery {
  std::optional<TimePoint> from, to;                   ///< half-open, on `at`
  std::string q;                                       ///< full text, as parse_text_query() reads it
  std::vector<std::string> topics, entities, sources;  ///< empty: any; several: one of them
  std::vector<Label> labels;                           ///< likewise
  std::vector<Label> entity_labels;                    ///< likewise, towards one of `entities`, as its series counts it
  std::vector<std::string> source_ids;                 ///< the ids that the sources give; empty: any
  std::vector<MetadataRow> metadata;                   ///< of each name one of its values; empty: any
  std::optional<double> min_sentiment, max_sentiment;  ///< inclusive; leaves unscored documents out
  /// Of the present risk of a document; where `entities` are named, of its risk towards one of these, whatever it tells
  /// of others: who asks for Acme's insolvencies does not want those that Acme is a creditor in.
  std::vector<std::string> events;     ///< ids of risk events; empty: any
  std::optional<Gravity> min_gravity;  ///< at least as grave; leaves out what tells no risk event
  DocumentOrder order = DocumentOrder::newest;
  std::optional<std::int64_t> after_seq;  ///< changes after it in order of seq, removals too; `order` is ignored
  std::optional<std::int64_t> story_id;
  /// Only what stands behind this number of the series of `topics`, `entities` (at most one) and `sources`. Topics are
  /// then those on arrival, as stories vote in them.
  std::optional<StoryNumber> behind;
  std::size_t limit = 100;  ///< at most 1,000
  std::string cursor;
  DocumentText text = DocumentText::whole;
};

/// What is said behind the documents of a page.
struct PageEnd {
  std::optional<std::string> next_cursor;
  std::int64_t seq = 0;  ///< the newest of the database when the page was read
};

struct DocumentPage : PageEnd {
  std::vector<StoredDocument> items;
};

/// Queries over stored documents, on a read-only connection. Throws StorageError, and std::invalid_argument for a
/// cursor that is not of this query and a text that parse_text_query() refuses.
class DocumentReader {
 public:
  static constexpr std::size_t kMaxLimit = 1'000;
  explicit DocumentReader(Connection& connection) : connection_(connection) {}
  /// Takes the documents of a page one by one; each is there until the next one is.
  PageEnd each(const DocumentQuery& query, const std::function<void(const StoredDocument&)>& take) const;
  DocumentPage list(const DocumentQuery& query) const;
  std::optional<StoredDocument> get(std::string_view public_id) const;
  std::optional<StoredDocument> find(std::string_view source, std::string_view id) const;
  /// Earlier revisions, oldest first, without the current one.
  std::vector<StoredRevision> revisions(std::string_view public_id) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
