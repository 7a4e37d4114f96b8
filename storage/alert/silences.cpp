#include "storage/alert/silences.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "config/notation/json_writer.hpp"
#include "storage/connection/query_builder.hpp"
#include "storage/document/page_cursor.hpp"

namespace tapewatch::storage {

namespace {

using Match = std::map<std::string, std::vector<std::string>>;

constexpr std::string_view kSilenceColumns =
    "SELECT id, configured, matches, begins, ends, author, comment, token, created_at, ended_at, ended_by, number FROM "
    "silence ";

std::string match_text(const Match& match) {
  notation::JsonWriter json;
  json.begin_object();
  for (const auto& [name, values] : match) {
    json.key(name).begin_array();
    for (const std::string& value : values) json.value(value);
    json.end_array();
  }
  return json.end_object().take();
}

Match match_of(const std::string& text) {
  Match match;
  const auto tree = boost::json::parse(text);  // what match_text wrote
  for (const auto& [name, values] : tree.as_object()) {
    auto& accepted = match[std::string(name)];
    for (const auto& value : values.as_array()) accepted.emplace_back(value.as_string());
  }
  return match;
}

SilenceRow silence_of(const Statement& read) {
  SilenceRow row;
  row.id = read.text(0);
  row.configured = read.flag(1);
  row.match = match_of(read.text(2));
  row.from = read.time(3);
  row.to = read.time(4);
  row.by = read.text(5);
  row.comment = read.text(6);
  row.token = read.text(7);
  row.created_at = read.time(8);
  row.ended_at = read.optional_time(9);
  row.ended_by = read.text(10);
  return row;
}

}  // namespace

std::string_view SilenceRow::state(TimePoint now) const {
  if (until() <= now) return "expired";
  return now < from ? "pending" : "active";
}

std::string Silences::add(const SilenceRow& row) {
  auto insert = connection_.prepare(
      "INSERT INTO silence (id, configured, matches, begins, ends, author, comment, token, created_at) VALUES (CASE ?1 "
      "WHEN "
      "'' THEN lower(hex(randomblob(12))) ELSE ?1 END, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id");
  const std::string match = match_text(row.match);
  insert.bind_all(row.id, row.configured, match, row.from, row.to, row.by, row.comment, row.token, row.created_at);
  insert.step();
  std::string id = insert.text(0);
  insert.run();
  return id;
}

SilenceEnd Silences::end(std::string_view id, std::string_view by, TimePoint now) {
  const auto row = find(id);
  if (!row) return SilenceEnd::unknown;
  if (row->state(now) == "expired") return SilenceEnd::over;
  if (row->configured) return SilenceEnd::configured;
  connection_.prepare("UPDATE silence SET ended_at = ?, ended_by = ? WHERE id = ?").bind_all(now, by, id).run();
  return SilenceEnd::ended;
}

ConfiguredChange Silences::configure(std::span<const SilenceRow> rows, TimePoint now) {
  std::vector<std::string> open;
  {
    auto read = connection_.prepare("SELECT id FROM silence WHERE configured AND ended_at IS NULL AND ends > ?");
    read.bind(1, now);
    while (read.step()) open.push_back(read.text(0));
  }
  ConfiguredChange changed;
  for (const std::string& id : open) {
    if (std::any_of(rows.begin(), rows.end(), [&](const SilenceRow& row) { return row.id == id; })) continue;
    connection_.prepare("UPDATE silence SET ended_at = ?, ended_by = 'configuration' WHERE id = ?")
        .bind_all(now, id)
        .run();
    changed.ended.push_back(*find(id));
  }
  for (const SilenceRow& row : rows) {
    const auto known = find(row.id);
    if (row.to <= now || (known && !known->ended_at)) continue;
    if (known) {
      connection_.prepare("UPDATE silence SET ended_at = NULL, ended_by = NULL WHERE id = ?").bind(1, row.id).run();
    } else {
      SilenceRow added = row;
      added.configured = true;
      added.created_at = now;
      add(added);
    }
    changed.added.push_back(*find(row.id));
  }
  return changed;
}

std::optional<SilenceRow> Silences::find(std::string_view id) const {
  auto read = connection_.prepare(std::string(kSilenceColumns) + "WHERE id = ?");
  return read.bind(1, id).step() ? std::optional(silence_of(read)) : std::nullopt;
}

std::vector<SilenceRow> Silences::active(TimePoint at) const {
  auto read = connection_.prepare(std::string(kSilenceColumns) +
                                  "WHERE ended_at IS NULL AND ends > ?1 AND begins <= ?1 ORDER BY number");
  read.bind(1, at);
  std::vector<SilenceRow> rows;
  while (read.step()) rows.push_back(silence_of(read));
  return rows;
}

std::optional<TimePoint> Silences::next_change(TimePoint now) const {
  auto read = connection_.prepare(
      "SELECT min(CASE WHEN begins > ?1 THEN begins ELSE ends END) FROM silence WHERE ended_at IS NULL AND ends > ?1");
  read.bind(1, now);
  return read.step() ? read.optional_time(0) : std::nullopt;
}

SilencePage Silences::list(const SilenceQuery& query) const {
  const auto fingerprint = Fingerprint().add("silences").add(query.state.value_or("")).value();
  QueryBuilder where;
  const std::int64_t now = to_ms(query.now);
  if (query.state == "expired") where.where("(ended_at IS NOT NULL OR ends <= ?)", {now});
  if (query.state == "active") where.where("ended_at IS NULL AND ends > ? AND begins <= ?", {now, now});
  if (query.state == "pending") where.where("ended_at IS NULL AND ends > ? AND begins > ?", {now, now});
  if (!query.cursor.empty()) {
    const auto cursor = decode_cursor(query.cursor, fingerprint);
    if (!cursor) throw std::invalid_argument("the cursor belongs to another query; start again without it");
    where.where("number < ?", {cursor->id});
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, 1'000);
  auto read = connection_.prepare(std::string(kSilenceColumns) + "WHERE 1" + where.conditions() +
                                  " ORDER BY number DESC LIMIT ?");
  read.bind(where.bind(read), limit + 1);
  SilencePage page;
  std::int64_t last = 0;
  while (read.step()) {
    if (page.items.size() == limit) {
      page.next_cursor = encode_cursor({0, last, fingerprint});
      break;
    }
    page.items.push_back(silence_of(read));
    last = read.integer(11);
  }
  return page;
}

}  // namespace tapewatch::storage
