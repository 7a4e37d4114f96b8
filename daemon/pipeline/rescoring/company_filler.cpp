// Tested by tests/daemon/commands/rescore_command_test.cpp
#include "daemon/pipeline/rescoring/company_filler.hpp"

#include <algorithm>
#include <memory>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/mapping.hpp"

namespace tapewatch {
namespace {

/// The companies that a text names and that have not been found in it yet, at their first mentions.
std::vector<ScoredEntity> unread_companies(const storage::CompanyFillReader& history, std::int64_t document,
                                           const std::string& text, const ingest::EntityFinder& finder) {
  std::vector<ScoredEntity> found;
  for (const auto& mention : finder.find_all(text, {})) {
    const auto& watched = finder.entities()[mention.entity];
    const bool known = std::any_of(found.begin(), found.end(), [&](const auto& one) { return one.id == watched.id; });
    if (known || !history.wants(document, watched.id)) continue;
    ScoredEntity& entity = found.emplace_back();
    entity.id = watched.id;
    entity.name = watched.name;
    entity.start = static_cast<std::uint32_t>(mention.start);
    entity.end = static_cast<std::uint32_t>(mention.end);
  }
  return found;
}

}  // namespace

std::vector<storage::FilledDocument> CompanyFiller::read(const storage::CompanyFillReader& history,
                                                         std::span<const storage::DocumentToRead> documents) {
  std::vector<storage::FilledDocument> filled;
  std::vector<StoredText> texts;
  for (const auto& document : documents) {
    StoredText stored;
    stored.document.title = document.title;
    stored.document.body = document.body;
    stored.document.language = document.language;
    stored.entities = unread_companies(history, document.id, ingest::scoring_text(stored.document), scorer_.watched());
    if (stored.entities.empty()) continue;
    filled.push_back({document.id, document.revision, {}});
    texts.push_back(std::move(stored));
  }
  if (texts.empty()) return filled;
  const auto records = scorer_.score_again(std::move(texts), EventClock());
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const auto& entity : records[i].entities) filled[i].entities.push_back(to_entity_row(records[i], entity));
  }
  return filled;
}

std::size_t CompanyFiller::fill(storage::Connection& reader, const storage::RescoringQuery& query, std::size_t batch,
                                const Write& write, const Note& note) {
  storage::CompanyFillReader history(reader, query);
  if (history.companies().empty()) return 0;
  for (auto documents = history.next(batch); !documents.empty(); documents = history.next(batch)) {
    const auto filled = std::make_shared<const std::vector<storage::FilledDocument>>(read(history, documents));
    note(documents.size(), filled->size());
    if (filled->empty()) continue;
    write([filled](storage::Connection& connection) {
      storage::CompanyFillWriter writer(connection);
      for (const auto& document : *filled) writer.store(document);
    });
  }
  write([companies = history.companies(), query](storage::Connection& connection) {
    storage::WatchLog(connection).fill(companies, query.from, query.to, wall_now());
  });
  return history.companies().size();
}

}  // namespace tapewatch
