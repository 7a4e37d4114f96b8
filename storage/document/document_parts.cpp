#include "storage/document/document_parts.hpp"

#include <algorithm>
#include <tuple>

#include "storage/document/risk_columns.hpp"

namespace tapewatch::storage {

namespace {

template <class Row>
auto rows_of(const std::vector<Row>& rows, std::int64_t document) {
  const auto first = std::lower_bound(rows.begin(), rows.end(), document,
                                      [](const Row& row, std::int64_t id) { return row.document < id; });
  auto last = first;
  while (last != rows.end() && last->document == document) ++last;
  return std::pair(first, last);
}

}  // namespace

const Names::Name& Names::of(std::int64_t key) {
  const auto known = found_.find(key);
  if (known != found_.end()) return known->second;
  auto read = connection_.prepare(find_);
  read.bind(1, key);
  return found_[key] = read.step() ? Name(read.text(0), read.text(1)) : Name();
}

DocumentParts::DocumentParts(Connection& connection)
    : connection_(connection),
      stories_(connection.prepare("SELECT id, documents, first_at, pruned FROM story WHERE id >= ? AND id < ?")),
      mentions_(connection.prepare("SELECT document, entity, sentiment, label, method, start, end, event, gravity FROM "
                                   "document_entity WHERE document >= ? AND document < ? AND label IS NOT NULL ORDER "
                                   "BY document")),
      pairs_(connection.prepare("SELECT document, name, value FROM document_metadata WHERE document >= ? AND document "
                                "< ? ORDER BY document, name, value")),
      companies_(connection, "SELECT id, name FROM entity WHERE key = ?"),
      events_(connection, "SELECT id, '' FROM risk_event WHERE key = ?"),
      backfills_(connection) {}

const std::optional<DocumentParts::StoryFacts>& DocumentParts::story(std::int64_t id) {
  if (const auto range = story_window_.move_to(id)) {
    first_story_ = range->from;
    held_stories_.assign(static_cast<std::size_t>(range->to - range->from), std::nullopt);
    stories_.reset();
    stories_.bind(1, range->from).bind(2, range->to);
    while (stories_.step()) {
      held_stories_[static_cast<std::size_t>(stories_.integer(0) - first_story_)] =
          StoryFacts{stories_.integer(1), stories_.time(2), stories_.flag(3)};
    }
  }
  return held_stories_[static_cast<std::size_t>(id - first_story_)];
}

std::optional<std::int64_t> DocumentParts::story_documents(std::int64_t id) {
  const auto& facts = story(id);
  return facts ? std::optional(facts->documents) : std::nullopt;
}

const DocumentParts::Reports& DocumentParts::reports_of(std::int64_t story) {
  constexpr std::size_t kMostStories = 10'000;
  if (reports_.size() >= kMostStories) reports_.clear();
  const auto [place, is_new] = reports_.try_emplace(story);
  Reports& reports = place->second;
  if (!is_new) return reports;
  // The index alone: a title that is sent again and again has many documents.
  auto members =
      connection_.prepare("SELECT id FROM document INDEXED BY document_by_story WHERE story = ? ORDER BY id");
  members.bind(1, story);
  while (members.step()) reports.ids.push_back(members.integer(0));
  auto first =
      connection_.prepare("SELECT d.at, s.id FROM document d JOIN source s ON s.key = d.source WHERE d.id = ?");
  if (!reports.ids.empty() && first.bind(1, reports.ids.front()).step()) {
    reports.first_at = first.time(0);
    reports.first_source = first.text(1);
  }
  return reports;
}

std::optional<Novelty> DocumentParts::novelty_of(const StoredDocument& document) {
  const auto& facts = story(document.story_id);
  if (!facts) return std::nullopt;
  if (facts->pruned) return Novelty{std::nullopt, facts->first_at, std::nullopt};
  if (facts->documents == 1 && facts->first_at == document.at) {  // nothing to look for in most stories
    return Novelty{1, facts->first_at, document.row.source};
  }
  const Reports& reports = reports_of(document.story_id);
  const auto place = std::lower_bound(reports.ids.begin(), reports.ids.end(), document.first_seq) - reports.ids.begin();
  return Novelty{place + 1, reports.first_at, reports.first_source};
}

std::optional<Risk> DocumentParts::risk_of(const Statement& read, int column) {
  if (read.is_null(column)) return std::nullopt;
  return risk_from(events_.of(read.integer(column)).first, read.integer(column + 1));
}

void DocumentParts::hold_mentions(KeyWindow::Range documents) {
  held_mentions_.clear();
  mentions_.reset();
  mentions_.bind(1, documents.from).bind(2, documents.to);
  while (mentions_.step()) {
    Mention& mention = held_mentions_.emplace_back();
    mention.document = mentions_.integer(0);
    mention.company = mentions_.integer(1);
    if (!mentions_.is_null(2)) mention.sentiment = from_micro(mentions_.integer(2));
    mention.label = label_of(mentions_.integer(3));
    const std::string_view method = mentions_.view(4);
    const auto known = methods_.find(method);
    mention.method = known != methods_.end() ? *known : *methods_.emplace(method).first;
    mention.start = static_cast<std::uint32_t>(mentions_.integer(5));
    mention.end = static_cast<std::uint32_t>(mentions_.integer(6));
    mention.risk = risk_of(mentions_, 7);
  }
}

void DocumentParts::read_entities(std::int64_t document, std::vector<EntityRow>& entities) {
  if (const auto range = mention_window_.move_to(document)) hold_mentions(*range);
  const auto [first, last] = rows_of(held_mentions_, document);
  entities.resize(static_cast<std::size_t>(last - first));
  for (auto mention = first; mention != last; ++mention) {
    EntityRow& entity = entities[static_cast<std::size_t>(mention - first)];
    std::tie(entity.id, entity.name) = companies_.of(mention->company);
    entity.sentiment = mention->sentiment;
    entity.label = mention->label;
    entity.method = mention->method;
    entity.start = mention->start;
    entity.end = mention->end;
    entity.risk = mention->risk;
  }
  if (entities.size() < 2) return;
  std::sort(entities.begin(), entities.end(),
            [](const EntityRow& a, const EntityRow& b) { return std::tie(a.start, a.id) < std::tie(b.start, b.id); });
}

void DocumentParts::read_metadata(std::int64_t document, std::vector<MetadataRow>& metadata) {
  if (const auto range = pair_window_.move_to(document)) {
    held_pairs_.clear();
    pairs_.reset();
    pairs_.bind(1, range->from).bind(2, range->to);
    while (pairs_.step()) held_pairs_.push_back({pairs_.integer(0), {pairs_.text(1), pairs_.text(2)}});
  }
  metadata.clear();
  const auto [first, last] = rows_of(held_pairs_, document);
  for (auto pair = first; pair != last; ++pair) metadata.push_back(pair->row);
}

}  // namespace tapewatch::storage
