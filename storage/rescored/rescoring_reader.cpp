// Tested by tests/storage/rescored/rescored_history_test.cpp
#include "storage/rescored/rescoring_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "storage/connection/transaction.hpp"
#include "storage/document/dictionary.hpp"

namespace tapewatch::storage {

namespace {

std::size_t place_of(std::vector<DocumentToScore::Text>& texts, DocumentToScore::Text text) {
  const auto known = std::find(texts.begin(), texts.end(), text);
  const auto place = static_cast<std::size_t>(known - texts.begin());
  if (known == texts.end()) texts.push_back(std::move(text));
  return place;
}

}  // namespace

RescoringReader::RescoringReader(Connection& connection, RescoringQuery query)
    : connection_(connection), query_(std::move(query)) {}

/// Of a document `d`: that it, its story's vote, or a company's, has no score of the version.
std::string RescoringReader::condition() const {
  const std::int64_t model = find_key(connection_, "model", query_.model);
  std::string lacks = fmt::format("d.model <> {0} OR coalesce(d.vote_model, d.model) <> {0}", model);
  if (query_.mentions) {
    lacks += fmt::format(
        " OR EXISTS (SELECT 1 FROM document_entity e WHERE e.document = d.id AND e.vote_label IS NOT NULL AND "
        "coalesce(e.vote_model, d.vote_model, d.model) <> {})",
        model);
  }
  // A document that names no company has no mentions to ask for.
  const std::string_view enough =
      query_.mentions ? " AND (r.mentions >= 1 OR NOT EXISTS (SELECT 1 FROM document_entity e WHERE e.document = d.id))"
                      : "";
  return fmt::format(
      "d.removed IS NULL AND ({0}) AND NOT EXISTS (SELECT 1 FROM rescored r WHERE r.document = d.id AND r.model = {1} "
      "AND (d.model = {1} OR r.revision = d.revision){2})",
      lacks, model, enough);
}

std::vector<DocumentToScore> RescoringReader::next(std::size_t limit) {
  const ReadTransaction snapshot(connection_);
  const Place after = after_.value_or(Place{to_ms(query_.from), 0});
  std::vector<Place> places;
  {
    auto read = connection_.prepare(
        "SELECT d.at, d.id FROM document d WHERE d.at >= ?1 AND d.at < ?2 AND (d.at > ?1 OR d.id > ?3) AND " +
        condition() + " ORDER BY d.at, d.id LIMIT ?4");
    read.bind_all(after.at, query_.to, after.id, limit);
    while (read.step()) places.push_back({read.integer(0), read.integer(1)});
  }
  std::vector<DocumentToScore> documents;
  documents.reserve(places.size());
  for (const Place& place : places) documents.push_back(document(place.id));
  if (!places.empty()) after_ = places.back();
  return documents;
}

DocumentToScore RescoringReader::document(std::int64_t id) const {
  DocumentToScore found;
  found.id = id;
  auto read = connection_.prepare("SELECT revision, at, language, title, body FROM document WHERE id = ?");
  if (!read.bind(1, id).step()) return found;
  found.revision = read.integer(0);
  found.at = read.time(1);
  found.language = read.text(2);
  found.texts.push_back({read.text(3), read.text(4)});
  if (found.revision > 1) {
    auto first = connection_.prepare("SELECT title, body FROM document_revision WHERE document = ? AND revision = 1");
    if (first.bind(1, id).step()) found.vote_text = place_of(found.texts, {first.text(0), first.text(1)});
  }
  if (query_.mentions) found.mentions = mentions_of(found);
  return found;
}

std::vector<MentionToScore> RescoringReader::mentions_of(DocumentToScore& document) const {
  auto read = connection_.prepare(
      "SELECT n.id, n.name, e.start, e.end, e.label IS NOT NULL, e.vote_seq IS NOT NULL, v.title, v.body FROM "
      "document_entity e JOIN entity n ON n.key = e.entity LEFT JOIN document_revision v ON v.document = e.document "
      "AND v.seq = e.vote_seq WHERE e.document = ? ORDER BY e.start, n.id");
  read.bind(1, document.id);
  std::vector<MentionToScore> mentions;
  while (read.step()) {
    MentionToScore& mention = mentions.emplace_back();
    mention.id = read.text(0);
    mention.name = read.text(1);
    mention.is_named = read.flag(4);
    if (mention.is_named) {
      mention.start = static_cast<std::uint32_t>(read.integer(2));
      mention.end = static_cast<std::uint32_t>(read.integer(3));
    }
    const bool later = read.flag(5);
    if (!later) {
      mention.vote_text = document.vote_text;
    } else if (!read.is_null(6)) {  // by a revision that has been revised since
      mention.vote_text = place_of(document.texts, {read.text(6), read.text(7)});
    }
  }
  return mentions;
}

RescoringCounts RescoringReader::counts() const {
  const ReadTransaction snapshot(connection_);
  RescoringCounts counts;
  auto documents =
      connection_.prepare("SELECT count(*) FROM document d WHERE d.at >= ?1 AND d.at < ?2 AND " + condition());
  if (documents.bind_all(query_.from, query_.to).step()) counts.documents = documents.integer(0);
  auto swept = connection_.prepare("SELECT count(*) FROM remembered WHERE at >= ?1 AND at < ?2");
  if (swept.bind_all(query_.from, query_.to).step()) counts.swept = swept.integer(0);
  return counts;
}

}  // namespace tapewatch::storage
