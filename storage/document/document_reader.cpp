#include "storage/document/document_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "storage/clock.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/document_changes.hpp"
#include "storage/document/document_loader.hpp"
#include "storage/document/label.hpp"
#include "storage/document/metadata_table.hpp"
#include "storage/document/page_cursor.hpp"
#include "storage/document/risk_columns.hpp"
#include "storage/document/story_vote_filter.hpp"
#include "storage/text/text_query.hpp"

namespace tapewatch::storage {

namespace {

/// Below this many documents it is cheaper to fetch and sort a name's documents than to skip other documents in the
/// time index.
constexpr std::int64_t kFewDocuments = 20'000;

std::int64_t documents_of(Connection& connection, std::string_view table, const std::string& keys) {
  auto read =
      connection.prepare(fmt::format("SELECT coalesce(sum(documents), 0) FROM {} WHERE key IN {}", table, keys));
  return read.step() ? read.integer(0) : 0;
}

/// The query's conditions on the risk in the columns of `table`; "" where it has none. The first one opens the partial
/// index of what tells a risk event.
std::string risk_conditions(Connection& connection, const DocumentQuery& query, char table) {
  if (query.events.empty() && !query.min_gravity) return "";
  const auto least = static_cast<std::int64_t>(query.min_gravity.value_or(Gravity::minor));
  std::string sql = fmt::format("{}.gravity >= {}", table, least);
  if (!query.events.empty()) {
    sql += fmt::format(" AND {}.event IN {}", table, key_list(connection, "risk_event", query.events));
  }
  return sql;
}

std::string label_list(const std::vector<Label>& labels) {
  std::string list;
  for (const Label label : labels) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", static_cast<std::int64_t>(label));
  }
  return "(" + list + ")";
}

/// A document names one of the entities, and tells the risk of it that is asked for. By the index of risks, which are
/// few, also where the entity has many documents.
void add_entities(QueryBuilder& where, Connection& connection, const DocumentQuery& query) {
  const std::string keys = key_list(connection, "entity", query.entities);
  std::string names = fmt::format("e.entity IN {} AND e.label IS NOT NULL", keys);
  if (!query.entity_labels.empty()) names += " AND e.label IN " + label_list(query.entity_labels);
  const std::string risk = risk_conditions(connection, query, 'e');
  if (!risk.empty()) names += " AND " + risk;
  const bool few = !risk.empty() || documents_of(connection, "entity", keys) < kFewDocuments;
  where.where(few ? fmt::format("d.id IN (SELECT e.document FROM document_entity e WHERE {})", names)
                  : fmt::format("EXISTS (SELECT 1 FROM document_entity e WHERE e.document = d.id AND {})", names));
}

/// Filters on topic, source, entity and risk. A unary + keeps SQLite from using an index that would make it sort too
/// much.
void add_names(QueryBuilder& where, Connection& connection, const DocumentQuery& query) {
  const std::string risk = query.entities.empty() ? risk_conditions(connection, query, 'd') : "";
  if (!query.topics.empty()) {
    const bool by_topic = query.topics.size() == 1 && risk.empty();  // the index of risks has fewer rows
    const std::string keys = key_list(connection, "topic", query.topics);
    where.where(fmt::format("{}d.topic IN {}", by_topic ? "" : "+", keys));
  }
  if (!query.sources.empty()) {
    const std::string keys = key_list(connection, "source", query.sources);
    const bool few = !query.source_ids.empty() || documents_of(connection, "source", keys) < kFewDocuments;
    where.where(fmt::format("{}d.source IN {}", few ? "" : "+", keys));
  }
  if (!query.entities.empty()) add_entities(where, connection, query);
  if (!risk.empty()) where.where(risk);
}

/// The series whose number it is, in place of the filters on names.
void add_series(QueryBuilder& where, Connection& connection, const DocumentQuery& query) {
  const auto keys = [&](std::string_view table, const std::vector<std::string>& ids) {
    return ids.empty() ? std::string() : key_list(connection, table, ids);
  };
  const SeriesKeys series{keys("topic", query.topics), keys("entity", query.entities), keys("source", query.sources)};
  if (!series.entities.empty() && documents_of(connection, "entity", series.entities) < kFewDocuments) {
    where.where("d.id IN (SELECT e.document FROM document_entity e WHERE e.entity IN " + series.entities + ")");
  }
  where.where(gave_vote(*query.behind, series));
}

/// Uses the index of identities, source by source if none is named.
void add_source_ids(QueryBuilder& where, const DocumentQuery& query) {
  if (query.source_ids.empty()) return;
  if (query.sources.empty()) where.where("d.source IN (SELECT key FROM source)");
  where.where("d.external_id IN " + marks(query.source_ids.size()),
              std::vector<QueryBuilder::Value>(query.source_ids.begin(), query.source_ids.end()));
}

void add_text(QueryBuilder& where, const TextQuery& text) {
  static constexpr std::string_view kFound = "(SELECT rowid FROM document_text WHERE document_text MATCH ?)";
  if (!text.wanted.empty()) {
    where.where(fmt::format("d.id IN {}", kFound), {text.expression()});
  } else if (!text.excluded.empty()) {
    where.where(fmt::format("d.id NOT IN {}", kFound), {text.excluded});
  } else {
    where.where("0");
  }
}

QueryBuilder conditions(Connection& connection, const DocumentQuery& query) {
  QueryBuilder where;
  if (!query.after_seq) where.where("d.removed IS NULL");
  if (query.from) where.where("d.at >= ?", {to_ms(*query.from)});
  if (query.to) where.where("d.at < ?", {to_ms(*query.to)});
  if (query.behind) {
    add_series(where, connection, query);
  } else {
    add_names(where, connection, query);
  }
  add_source_ids(where, query);
  if (!query.labels.empty()) where.where("d.label IN " + label_list(query.labels));
  const auto micro = [](double sentiment) -> std::int64_t {
    return std::llround(std::clamp(sentiment, -2.0, 2.0) * 1e6);
  };
  if (query.min_sentiment) where.where("d.sentiment >= ?", {micro(*query.min_sentiment)});
  if (query.max_sentiment) where.where("d.sentiment <= ?", {micro(*query.max_sentiment)});
  if (query.story_id) where.where("d.story = ?", {*query.story_id});
  add_metadata(where, query.metadata);
  if (!query.q.empty()) add_text(where, parse_text_query(query.q));
  return where;
}

std::uint32_t fingerprint_of(const DocumentQuery& query) {
  Fingerprint print;
  // Times are left out: a relative "-24h" is another instant on the next page, and the cursor holds the place anyway.
  print.add("documents").add(query.q).add(static_cast<std::int64_t>(query.order)).add(query.after_seq.value_or(-1));
  for (const auto* list : {&query.topics, &query.entities, &query.sources, &query.source_ids, &query.events}) {
    print.add(static_cast<std::int64_t>(list->size()));
    for (const auto& value : *list) print.add(value);
  }
  print.add(static_cast<std::int64_t>(query.metadata.size()));
  for (const auto& [name, value] : query.metadata) print.add(name).add(value);
  for (const auto* labels : {&query.labels, &query.entity_labels}) {
    print.add(static_cast<std::int64_t>(labels->size()));
    for (const Label label : *labels) print.add(to_string(label));
  }
  const auto number = [&](std::optional<double> value) { print.add(value ? fmt::format("{}", *value) : ""); };
  number(query.min_sentiment);
  number(query.max_sentiment);
  print.add(query.min_gravity ? to_string(*query.min_gravity) : "");
  print.add(query.behind ? static_cast<std::int64_t>(*query.behind) : -1);
  return print.add(query.story_id.value_or(-1)).value();
}

struct Ordering {
  const char* key;
  bool descending;
};

Ordering ordering(DocumentOrder order) {
  switch (order) {
    case DocumentOrder::newest:
      return {"d.at", true};
    case DocumentOrder::oldest:
      return {"d.at", false};
    case DocumentOrder::most_negative:
      return {"d.sentiment", false};
    case DocumentOrder::most_positive:
      return {"d.sentiment", true};
  }
  throw std::invalid_argument("unknown order");
}

/// The statement of a page: what `columns` names, of the documents behind the cursor, in order. `where` holds what is
/// bound and must outlive it.
Statement prepare_page(Connection& connection, const DocumentQuery& query, QueryBuilder& where,
                       const std::optional<PageCursor>& cursor, std::size_t limit, const std::string& columns) {
  const auto [key, descending] = ordering(query.order);
  if (query.order == DocumentOrder::most_negative || query.order == DocumentOrder::most_positive) {
    where.where("d.sentiment IS NOT NULL");
  }
  if (cursor) {
    where.where(fmt::format("({}, d.id) {} (?, ?)", key, descending ? "<" : ">"), {cursor->key, cursor->id});
  }
  const char* direction = descending ? "DESC" : "ASC";
  auto read =
      connection.prepare(fmt::format("SELECT {3}, {0} FROM document d WHERE 1{1} ORDER BY {0} {2}, d.id {2} LIMIT ?",
                                     key, where.conditions(), direction, columns));
  read.bind(where.bind(read), limit);
  return read;
}

/// Whether the index of times, or of a topic's times, gives the page in its order: then nothing is sorted, and what is
/// read on the way is the page itself.
bool is_in_order_of_time(const DocumentQuery& query) {
  const bool by_time = query.order == DocumentOrder::newest || query.order == DocumentOrder::oldest;
  const bool elsewhere = !query.entities.empty() || !query.sources.empty() || !query.source_ids.empty() ||
                         !query.q.empty() || !query.metadata.empty() || !query.events.empty();
  return by_time && !elsewhere && !query.after_seq && !query.story_id && !query.min_gravity;
}

using DocumentTaker = std::function<void(const StoredDocument&)>;

/// The last document of a page that is not the last one; nothing at the end.
std::optional<KeyAndId> take_in_order(Connection& connection, const DocumentQuery& query, QueryBuilder where,
                                      const std::optional<PageCursor>& cursor, std::size_t limit,
                                      const DocumentTaker& take) {
  // One row more than requested shows whether there is a next page.
  auto read = prepare_page(connection, query, where, cursor, limit + 1, DocumentLoader::columns(query.text));
  DocumentLoader loader(connection, query.text);
  StoredDocument document;
  for (std::size_t count = 0; read.step(); ++count) {
    if (count == limit) return KeyAndId(to_ms(document.at), document.first_seq);
    loader.read(read, document);
    take(document);
  }
  return std::nullopt;
}

/// The same where the keys have to be found and sorted first.
std::optional<KeyAndId> take_by_id(Connection& connection, const DocumentQuery& query, QueryBuilder where,
                                   const std::optional<PageCursor>& cursor, std::size_t limit,
                                   const DocumentTaker& take) {
  std::vector<KeyAndId> rows;
  if (query.after_seq) {
    rows = find_changes(connection, query, where, cursor ? cursor->key : *query.after_seq, limit + 1);
  } else {
    auto read = prepare_page(connection, query, where, cursor, limit + 1, "d.id");
    while (read.step()) rows.emplace_back(read.integer(1), read.integer(0));
  }
  const bool more = rows.size() > limit;
  if (more) rows.pop_back();
  DocumentLoader loader(connection, query.text);
  StoredDocument document;
  for (const auto& [key, id] : rows) {
    if (id < 0) {
      if (const auto removal = swept_removal(connection, key)) take(*removal);
    } else if (loader.load(id, document)) {
      take(document);
    }
  }
  return more ? std::optional(rows.back()) : std::nullopt;
}

std::optional<StoredDocument> load_one(Connection& connection, std::int64_t id) {
  std::optional<StoredDocument> document(std::in_place);
  if (!DocumentLoader(connection).load(id, *document)) document.reset();
  return document;
}

std::optional<double> sentiment_of(const Statement& read, int column) {
  return read.is_null(column) ? std::nullopt : std::optional(from_micro(read.integer(column)));
}

std::optional<std::int64_t> parse_public_id(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id <= 0 || text.front() == '0') return std::nullopt;
  return id;
}

}  // namespace

PageEnd DocumentReader::each(const DocumentQuery& query, const std::function<void(const StoredDocument&)>& take) const {
  const std::uint32_t fingerprint = fingerprint_of(query);
  std::optional<PageCursor> cursor;
  if (!query.cursor.empty()) {
    cursor = decode_cursor(query.cursor, fingerprint);
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxLimit);

  const ReadTransaction snapshot(connection_);
  const QueryBuilder where = conditions(connection_, query);
  const auto last = is_in_order_of_time(query) ? take_in_order(connection_, query, where, cursor, limit, take)
                                               : take_by_id(connection_, query, where, cursor, limit, take);
  PageEnd end;
  end.seq = Clock(connection_).last_seq();
  if (last) end.next_cursor = encode_cursor({last->first, last->second, fingerprint});
  return end;
}

DocumentPage DocumentReader::list(const DocumentQuery& query) const {
  DocumentPage page;
  static_cast<PageEnd&>(page) = each(query, [&](const StoredDocument& document) { page.items.push_back(document); });
  return page;
}

std::optional<StoredDocument> DocumentReader::get(std::string_view public_id) const {
  const auto id = parse_public_id(public_id);
  if (!id) return std::nullopt;
  const ReadTransaction snapshot(connection_);
  return load_one(connection_, *id);
}

std::optional<StoredDocument> DocumentReader::find(std::string_view source, std::string_view id) const {
  const ReadTransaction snapshot(connection_);
  auto read = connection_.prepare(
      "SELECT d.id FROM document d JOIN source s ON s.key = d.source WHERE s.id = ? AND d.external_id = ? AND "
      "d.removed IS NULL");
  if (!read.bind(1, source).bind(2, id).step()) return std::nullopt;
  return load_one(connection_, read.integer(0));
}

std::vector<StoredRevision> DocumentReader::revisions(std::string_view public_id) const {
  std::vector<StoredRevision> rows;
  const auto id = parse_public_id(public_id);
  if (!id) return rows;
  auto read = connection_.prepare(
      "SELECT r.revision, r.seq, r.stored_at, r.published_at, r.title, r.body, t.id, r.label, m.id, r.sentiment "
      "FROM document_revision r JOIN topic t ON t.key = r.topic JOIN model m ON m.key = r.model "
      "WHERE r.document = ? ORDER BY r.revision");
  read.bind(1, *id);
  while (read.step()) {
    rows.push_back({read.integer(0), read.integer(1), read.time(2), read.time(3), read.text(4), read.text(5),
                    read.text(6), read.text(8), label_of(read.integer(7)), sentiment_of(read, 9)});
  }
  return rows;
}

}  // namespace tapewatch::storage
