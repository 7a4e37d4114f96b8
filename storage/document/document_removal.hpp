#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/document/document_tables.hpp"
#include "storage/document/document_writer.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch::storage {

/// A document that its source takes back.
struct RemovalRow {
  std::string source, id;                ///< the identity
  std::optional<std::int64_t> revision;  ///< the source's own number; a document with a higher one stays
};

struct Removed {
  Outcome outcome = Outcome::repeated;  ///< removed, or repeated: nothing changed
  std::int64_t seq = 0;                 ///< of the removal
  std::int64_t row_id = 0;              ///< of the document; 0: none was stored
  bool counted = false;                 ///< its raw row had been swept: its roll-ups go on counting it
  std::string title;                    ///< what was erased, to be looked for elsewhere
  /// As it was observed, and the documents that tell its story, in the order of seq; for who observed them.
  std::optional<SequenceRow> document;
  std::vector<SequenceRow> others;
};

/// Takes documents back: a removal is a row of the sequence. The document leaves roll-ups, searches and lists; its
/// text, title and URL are erased wherever they are kept, its times and scores stay. In every series in which its story
/// voted with it the vote passes to the story's earliest document that is left there, in that one's bucket and with its
/// label. Where retention has deleted the row, or where none has come yet, only the removal is written; it keeps
/// revisions up to its own away. The same removal again changes nothing.
///
/// Inside the caller's Transaction, on the writer thread. Throws StorageError.
class DocumentRemoval {
 public:
  DocumentRemoval(Connection& connection, const StorageOptions& options)
      : connection_(connection), options_(options), tables_(connection) {}
  /// `view`: whose scores the documents of the result have.
  Removed apply(const RemovalRow& row, TimePoint removed_at, const ScoreView& view = {});
  /// Of a source, itself the first, and the publishers that it carries: those of which a document with this id is
  /// stored.
  std::vector<std::string> publishers_of(std::string_view carrier, std::string_view external_id) const;
  /// The identity of a stored document; nothing where there is none with this id.
  std::optional<RemovalRow> identity_of(std::int64_t document) const;

 private:
  Removed take_out(const RemovalRow& row, const KnownDocument& known, TimePoint removed_at, const ScoreView& view);
  Removed write_down(const RemovalRow& row, std::int64_t source, const std::optional<KnownDocument>& swept,
                     TimePoint removed_at);
  void uncount(const KnownDocument& known);
  void record(std::int64_t seq, std::int64_t source, const RemovalRow& row, const Removed& removed, TimePoint at,
              TimePoint removed_at);

  Connection& connection_;
  const StorageOptions options_;
  DocumentTables tables_;
};

}  // namespace tapewatch::storage
