#include "storage/alert/detector_state.hpp"

#include <algorithm>

namespace tapewatch::storage {

namespace {

std::vector<DetectorState> states_of(Statement& read) {
  std::vector<DetectorState> states;
  while (read.step()) {
    const auto bytes = read.blob(2);
    states.push_back(
        {read.text(0), read.text(1), std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
  }
  return states;
}

}  // namespace

std::vector<DetectorState> DetectorStateStore::load_all() const {
  auto read = connection_.prepare("SELECT rule, key, blob FROM detector_state ORDER BY rule, key");
  return states_of(read);
}

std::vector<DetectorState> DetectorStateStore::load(std::string_view rule) const {
  auto read = connection_.prepare("SELECT rule, key, blob FROM detector_state WHERE rule = ? ORDER BY key");
  read.bind(1, rule);
  return states_of(read);
}

void DetectorStateStore::save(std::string_view rule, std::string_view key, std::string_view blob) {
  keep_before(rule, key);
  if (blob.empty()) {
    connection_.prepare("DELETE FROM detector_state WHERE rule = ? AND key = ?").bind_all(rule, key).run();
    return;
  }
  connection_
      .prepare(
          "INSERT INTO detector_state (rule, key, blob) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET blob = "
          "excluded.blob")
      .bind_all(rule, key)
      .bind_blob(3, std::as_bytes(std::span(blob.data(), blob.size())))
      .run();
}

void DetectorStateStore::reload() {
  auto read = connection_.prepare("SELECT max(seq) FROM detector_mark");
  latest_ = read.step() ? read.optional_integer(0) : std::nullopt;
}

void DetectorStateStore::keep_before(std::string_view rule, std::string_view key) {
  if (!latest_) return;
  connection_
      .prepare(
          "INSERT INTO detector_before (mark, rule, key, blob) SELECT ?1, ?2, ?3, (SELECT blob FROM detector_state "
          "WHERE rule = ?2 AND key = ?3) WHERE EXISTS (SELECT 1 FROM detector_mark WHERE seq = ?1) ON CONFLICT DO "
          "NOTHING")
      .bind_all(*latest_, rule, key)
      .run();
}

void DetectorStateStore::mark(const DetectorMark& mark, std::string_view definition) {
  connection_
      .prepare(
          "INSERT INTO detector_mark (seq, event_time, leapt_to, definition) VALUES (?, ?, ?, ?) "
          "ON CONFLICT DO NOTHING")
      .bind_all(mark.seq, mark.event_time, mark.leapt_to, definition)
      .run();
  latest_ = mark.seq;
  std::vector<std::int64_t> spare;
  {
    auto read = connection_.prepare(
        "SELECT seq FROM detector_mark WHERE leapt_to < ?1 AND seq <> ?3 UNION SELECT seq FROM (SELECT seq FROM "
        "detector_mark WHERE seq <> ?3 ORDER BY leapt_to - coalesce(event_time, 0) DESC, seq DESC LIMIT -1 OFFSET ?2)");
    const TimePoint now = std::max(mark.event_time.value_or(mark.leapt_to), TimePoint{kMarkLasts});
    read.bind_all(now - kMarkLasts, kMostMarks - 1, mark.seq);
    while (read.step()) spare.push_back(read.integer(0));
  }
  for (const std::int64_t seq : spare) forget(seq);
}

/// What was kept for a mark goes to the one before it, which has the older of two.
void DetectorStateStore::forget(std::int64_t mark_seq) {
  connection_
      .prepare(
          "INSERT INTO detector_before SELECT (SELECT max(seq) FROM detector_mark WHERE seq < ?1), rule, key, blob "
          "FROM "
          "detector_before WHERE mark = ?1 AND EXISTS (SELECT 1 FROM detector_mark WHERE seq < ?1) "
          "ON CONFLICT DO NOTHING")
      .bind(1, mark_seq)
      .run();
  connection_.prepare("DELETE FROM detector_before WHERE mark = ?").bind(1, mark_seq).run();
  connection_.prepare("DELETE FROM detector_mark WHERE seq = ?").bind(1, mark_seq).run();
}

std::optional<DetectorMark> DetectorStateStore::find_mark(const MarkQuery& query) const {
  auto read = connection_.prepare(
      "SELECT seq, event_time, leapt_to, coalesce(leapt_to - event_time >= ?2, 0) AS explains FROM detector_mark WHERE "
      "coalesce(event_time, ?1) <= ?1 AND definition = ?4 AND seq <= ?3 "
      "ORDER BY explains DESC, CASE WHEN explains THEN seq ELSE -seq END LIMIT 1");
  const auto leap = query.leap.value_or(std::chrono::milliseconds::max());
  read.bind_all(query.to, static_cast<std::int64_t>(leap.count()), query.most_seq, query.definition);
  if (!read.step()) return std::nullopt;
  return DetectorMark{read.integer(0), read.optional_time(1), read.time(2)};
}

void DetectorStateStore::rewind(std::int64_t mark_seq) {
  std::vector<std::int64_t> marks;
  {
    auto read = connection_.prepare("SELECT seq FROM detector_mark WHERE seq >= ? ORDER BY seq DESC");
    read.bind(1, mark_seq);
    while (read.step()) marks.push_back(read.integer(0));
  }
  for (const std::int64_t mark : marks) {
    connection_
        .prepare(
            "DELETE FROM detector_state WHERE (rule, key) IN (SELECT rule, key FROM detector_before WHERE mark = ?)")
        .bind(1, mark)
        .run();
    connection_
        .prepare(
            "INSERT INTO detector_state (rule, key, blob) SELECT rule, key, blob FROM detector_before WHERE mark = ? "
            "AND "
            "blob IS NOT NULL")
        .bind(1, mark)
        .run();
  }
  connection_.prepare("DELETE FROM detector_before WHERE mark >= ?").bind(1, mark_seq).run();
  connection_.prepare("DELETE FROM detector_mark WHERE seq > ?").bind(1, mark_seq).run();
  latest_ = mark_seq;
}

void DetectorStateStore::clear() {
  forget_marks();
  connection_.execute("DELETE FROM detector_state");
}

void DetectorStateStore::forget_marks_with(std::string_view title) {
  constexpr std::size_t kSurely = 100;  // bytes that no state cuts
  if (!latest_ || title.empty()) return;
  bool shown = false;
  {
    auto read = connection_.prepare("SELECT 1 FROM detector_before WHERE instr(blob, CAST(? AS BLOB)) LIMIT 1");
    shown = read.bind(1, title.substr(0, kSurely)).step();
  }
  if (shown) forget_marks();
}

void DetectorStateStore::forget_marks() {
  connection_.execute("DELETE FROM detector_before; DELETE FROM detector_mark");
  latest_.reset();
}

}  // namespace tapewatch::storage
