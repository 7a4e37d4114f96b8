#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/document/backfill.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/key_window.hpp"

namespace tapewatch::storage {

/// The names of one table, each looked up once: an export reads the same ones a million times.
class Names {
 public:
  using Name = std::pair<std::string, std::string>;  ///< the id, and of a company its name

  /// `find` selects both by key.
  Names(Connection& connection, const char* find) : connection_(connection), find_(find) {}
  /// Empty for a key that there is not.
  const Name& of(std::int64_t key);

 private:
  Connection& connection_;
  const char* const find_;
  std::unordered_map<std::int64_t, Name> found_;
};

/// What other tables than `document` say of documents, read ahead where ids follow each other. For the length of one
/// read transaction. Throws StorageError.
class DocumentParts {
 public:
  explicit DocumentParts(Connection& connection);

  /// Nothing: there is no such story.
  std::optional<std::int64_t> story_documents(std::int64_t story);
  /// Of a document whose row and number of reports are read.
  std::optional<Novelty> novelty_of(const StoredDocument& document);
  /// In the order of their places in the text, then of their ids; in place of what the vector holds.
  void read_entities(std::int64_t document, std::vector<EntityRow>& entities);
  /// By name and value; likewise.
  void read_metadata(std::int64_t document, std::vector<MetadataRow>& metadata);
  /// Whether it came as history; nothing where that has not been kept.
  std::optional<bool> backfilled(std::int64_t document) { return backfills_.includes(document); }
  /// From a result's column with the key of an event and the one behind it with the gravity.
  std::optional<Risk> risk_of(const Statement& read, int column);

 private:
  struct Mention {
    std::int64_t document = 0, company = 0;
    double sentiment = 0;
    Label label = Label::unscored;
    std::string_view method;  ///< in methods_
    std::uint32_t start = 0, end = 0;
    std::optional<Risk> risk;
  };
  struct Pair {
    std::int64_t document = 0;
    MetadataRow row;
  };

  struct StoryFacts {
    std::int64_t documents = 0;
    TimePoint first_at{};
    bool pruned = false;
  };
  /// The reports of a story that has several.
  struct Reports {
    std::vector<std::int64_t> ids;  ///< in the order of their arrival
    TimePoint first_at{};
    std::string first_source;
  };

  const std::optional<StoryFacts>& story(std::int64_t id);
  const Reports& reports_of(std::int64_t story);
  void hold_mentions(KeyWindow::Range documents);

  Connection& connection_;
  Statement stories_, mentions_, pairs_;
  Names companies_, events_;
  Backfills backfills_;
  KeyWindow story_window_, mention_window_, pair_window_;
  std::int64_t first_story_ = 0;
  std::vector<std::optional<StoryFacts>> held_stories_;  ///< from first_story_ on
  std::unordered_map<std::int64_t, Reports> reports_;    ///< of a bounded number of stories
  std::vector<Mention> held_mentions_;                   ///< by document
  std::vector<Pair> held_pairs_;                         ///< likewise
  std::set<std::string, std::less<>> methods_;
};

}  // namespace tapewatch::storage
