#include "storage/rescored/company_fill.hpp"

#include <algorithm>

#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/rescored/story_history.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

/// Documents that were being scored when the watch list changed may have been read with the earlier one: rows of the
/// sequence behind the change that are read again.
constexpr std::int64_t kInFlight = 10'000;

CompanyFillReader::CompanyFillReader(Connection& connection, const RescoringQuery& query)
    : connection_(connection),
      from_(query.from),
      to_(query.to),
      companies_(WatchLog(connection).unread(query.from, query.to)) {
  for (const UnreadPast& company : companies_) {
    const std::int64_t last = company.seq + kInFlight;
    last_unread_.emplace(company.entity, last);
    last_ = std::max(last_, last);
  }
}

std::vector<DocumentToRead> CompanyFillReader::next(std::size_t limit) {
  std::vector<DocumentToRead> documents;
  auto read = connection_.prepare(
      "SELECT id, revision, title, body, language FROM document WHERE id > ?1 AND id <= ?2 AND at >= ?3 AND at < ?4 "
      "AND "
      "removed IS NULL AND held IS NULL ORDER BY id LIMIT ?5");
  read.bind_all(after_, last_, from_, to_, limit);
  while (read.step()) {
    documents.push_back({read.integer(0), read.integer(1), read.text(2), read.text(3), read.text(4)});
  }
  if (!documents.empty()) after_ = documents.back().id;
  return documents;
}

bool CompanyFillReader::wants(std::int64_t document, std::string_view entity) const {
  const auto company = last_unread_.find(entity);
  if (company == last_unread_.end() || document > company->second) return false;
  auto read = connection_.prepare(
      "SELECT 1 FROM document_entity e JOIN entity n ON n.key = e.entity WHERE e.document = ? AND n.id = ?");
  return !read.bind(1, document).bind(2, entity).step();
}

CompanyFillWriter::CompanyFillWriter(Connection& connection)
    : connection_(connection),
      tables_(connection),
      stories_(connection, {}),
      entities_(connection, "entity"),
      events_(connection, "risk_event") {}

bool CompanyFillWriter::is_named(std::int64_t document, std::int64_t entity) {
  auto read = connection_.prepare("SELECT 1 FROM document_entity WHERE document = ? AND entity = ?");
  return read.bind_all(document, entity).step();
}

bool CompanyFillWriter::store(const FilledDocument& filled) {
  std::int64_t story = 0, topic = 0, source = 0, model = 0;
  TimePoint at{};
  {
    auto read = connection_.prepare(
        "SELECT story, topic, source, model, at FROM document WHERE id = ? AND revision = ? AND removed IS NULL AND "
        "held IS NULL");
    if (!read.bind_all(filled.document, filled.revision).step()) return false;
    story = read.integer(0);
    topic = read.integer(1);
    source = read.integer(2);
    model = read.integer(3);
    at = read.time(4);
  }
  Clock clock(connection_);
  const std::int64_t seq = clock.record_tick(clock.event_time().value_or(at)).seq;
  StoryChange change(connection_, story);
  const StoryPlace place = stories_.place_of(story);
  for (const EntityRow& row : filled.entities) {
    ScoredEntity entity{&row, entities_.key(row.id), row.label, {}, risk_columns(events_, row.risk)};
    if (is_named(filled.document, entity.key)) continue;
    if (row.label != Label::unscored) entity.micro = to_micro(row.sentiment);
    RollupDelta delta;
    delta.add_document(entity.label, entity.micro, 1);
    delta.add_votes(entity.label, entity.micro, stories_.first_in_entity(place, entity.key, topic, source));
    tables_.insert_entity(filled.document, entity, LaterVote{seq, topic, model, std::nullopt});
    add_to_rollup(connection_, {entity.key, tables_.rollup_minute(at), topic, source, model}, delta);
    tables_.count_entity(entity, 1, at);
  }
  // Versions that have scored the document again have yet to score it for these companies.
  connection_.prepare("UPDATE rescored SET mentions = 0 WHERE document = ?").bind(1, filled.document).run();
  change.finish();
  return true;
}

}  // namespace tapewatch::storage
