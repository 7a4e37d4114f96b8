// Tested by tests/storage/document/document_reader_test.cpp
#include "storage/document/document_loader.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "storage/document/label.hpp"
#include "storage/document/topic_probabilities.hpp"

namespace tapewatch::storage {

namespace {

/// In the order of the columns.
enum Column {
  kId,
  kSource,
  kExternalId,
  kTitle,
  kUrl,
  kLanguage,
  kPublishedAt,
  kReceivedAt,
  kScoredAt,
  kPublishedClamped,
  kPublishedFrom,
  kTopic,
  kPositive,
  kNeutral,
  kNegative,
  kLabel,
  kUnscoredReason,
  kModel,
  kTruncated,
  kSourceRevision,
  kSentiment,
  kAt,
  kStoredAt,
  kRevisedAt,
  kSeq,
  kRevision,
  kLate,
  kStory,
  kRemoved,
  kEvent,
  kGravity,
  kRemovedAt,
  kBody,
  kTopics
};

// No join: names, stories and companies are read for many documents together.
const std::string kListedColumns =
    "d.id, d.source, d.external_id, d.title, d.url, d.language, d.published_at, d.received_at, d.scored_at, "
    "d.published_clamped, d.published_from, d.topic, d.positive, d.neutral, d.negative, d.label, d.unscored_reason, "
    "d.model, d.truncated, d.source_revision, d.sentiment, d.at, d.stored_at, d.revised_at, d.seq, d.revision, d.late, "
    "d.story, d.removed, d.event, d.gravity, CASE WHEN d.removed IS NOT NULL THEN (SELECT r.removed_at FROM removal r "
    "WHERE r.seq = d.removed) END";
const std::string kWholeColumns = kListedColumns + ", d.body, d.topics";

}  // namespace

const std::string& DocumentLoader::columns(DocumentText text) {
  return text == DocumentText::whole ? kWholeColumns : kListedColumns;
}

DocumentLoader::DocumentLoader(Connection& connection, DocumentText text)
    : text_(text),
      document_(connection.prepare(fmt::format("SELECT {} FROM document d WHERE d.id = ?", columns(text)))),
      parts_(connection),
      sources_(connection, "SELECT id, '' FROM source WHERE key = ?"),
      topics_(connection, "SELECT id, '' FROM topic WHERE key = ?"),
      models_(connection, "SELECT id, '' FROM model WHERE key = ?") {}

bool DocumentLoader::load(std::int64_t id, StoredDocument& document) {
  document_.reset();
  if (!document_.bind(1, id).step()) return false;
  read(document_, document);
  return true;
}

void DocumentLoader::read(const Statement& read, StoredDocument& document) {
  document.first_seq = read.integer(kId);
  document.public_id.clear();
  fmt::format_to(std::back_inserter(document.public_id), FMT_COMPILE("{}"), document.first_seq);
  document.counted = false;
  read_row(read, document);
  read_scores(read, document);
  document.story_documents = parts_.story_documents(document.story_id).value_or(0);
  document.novelty.reset();
  if (!document.removed_seq) document.novelty = parts_.novelty_of(document);
  document.backfilled = parts_.backfilled(document.first_seq);
  parts_.read_entities(document.first_seq, document.row.entities);
  parts_.read_metadata(document.first_seq, document.row.metadata);
}

void DocumentLoader::read_row(const Statement& read, StoredDocument& document) {
  DocumentRow& row = document.row;
  row.source = sources_.of(read.integer(kSource)).first;
  row.id = read.view(kExternalId);
  row.title = read.view(kTitle);
  row.url = read.view(kUrl);
  row.language = read.view(kLanguage);
  row.published_at = read.time(kPublishedAt);
  row.received_at = read.time(kReceivedAt);
  row.scored_at = read.time(kScoredAt);
  row.published_clamped = read.flag(kPublishedClamped);
  row.published_from = read.view(kPublishedFrom);
  row.source_revision = read.integer(kSourceRevision);
  if (text_ == DocumentText::whole) row.body = read.view(kBody);
  document.at = read.time(kAt);
  document.stored_at = read.time(kStoredAt);
  document.revised_at = read.optional_time(kRevisedAt);
  document.seq = read.integer(kSeq);
  document.revision = read.integer(kRevision);
  document.late = read.flag(kLate);
  document.story_id = read.integer(kStory);
  document.removed_seq = read.optional_integer(kRemoved);
  document.removed_at = read.optional_time(kRemovedAt);
}

void DocumentLoader::read_scores(const Statement& read, StoredDocument& document) {
  DocumentRow& row = document.row;
  row.topic = topics_.of(read.integer(kTopic)).first;
  row.probabilities.reset();
  if (!read.is_null(kPositive)) {
    row.probabilities = {static_cast<float>(read.real(kPositive)), static_cast<float>(read.real(kNeutral)),
                         static_cast<float>(read.real(kNegative))};
  }
  row.label = label_of(read.integer(kLabel));
  row.unscored_reason = read.view(kUnscoredReason);
  row.model_version = models_.of(read.integer(kModel)).first;
  row.truncated = read.flag(kTruncated);
  document.sentiment.reset();
  if (!read.is_null(kSentiment)) document.sentiment = from_micro(read.integer(kSentiment));
  row.risk = parts_.risk_of(read, kEvent);
  if (text_ == DocumentText::whole) row.topics = probabilities_from(read.blob(kTopics));
}

}  // namespace tapewatch::storage
