#include "storage/document/time_correction.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/rescored/story_history.hpp"
#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

struct TimeCorrection::Stamped {
  std::int64_t id = 0;
  bool by_clock = false;  // the time of arrival is its time; else a source's
  TimePoint at{}, published{}, received{};
};

namespace {

/// Documents dated by their arrival: the source gave no time, or one that the clock had not reached.
constexpr const char* kStampedSql =
    "SELECT id, published_from = 'received' OR published_clamped, at, published_at, received_at FROM document ";

template <class Stamped>
std::vector<Stamped> stamped_of(Statement& read) {
  std::vector<Stamped> found;
  while (read.step()) found.push_back({read.integer(0), read.flag(1), read.time(2), read.time(3), read.time(4)});
  return found;
}

}  // namespace

Corrected TimeCorrection::apply(const Reanchoring& row) {
  Corrected done;
  if (row.to < row.from) {
    go_back(row, done);
  } else {
    go_forth(row, done);
  }
  return done;
}

void TimeCorrection::go_back(const Reanchoring& row, Corrected& done) {
  const TimePoint after_to = row.to + std::chrono::milliseconds{1};
  const TimePoint wrong_from = std::min(row.leapt_to.value_or(after_to), after_to);
  connection_.prepare("UPDATE tick SET held = ?1 WHERE seq > ?2 AND at >= ?3 AND held IS NULL")
      .bind_all(row.seq, row.since, wrong_from)
      .run();
  std::vector<Stamped> documents;
  {
    auto read = connection_.prepare(std::string(kStampedSql) +
                                    "WHERE id > ? AND at >= ? AND held IS NULL AND removed IS NULL ORDER BY id");
    read.bind_all(row.since, wrong_from);
    documents = stamped_of<Stamped>(read);
  }
  for (const auto& document : documents) {
    if (document.by_clock) {
      shift(document, row.to - row.from, row.seq);
      ++done.restamped;
    } else if (document.at > row.to) {
      connection_.prepare("UPDATE document SET held = ? WHERE id = ?").bind_all(row.seq, document.id).run();
      ++done.held;
    }
  }
  clamp_last_seen(row, done);
}

void TimeCorrection::go_forth(const Reanchoring& row, Corrected& done) {
  connection_.prepare("UPDATE tick SET held = NULL WHERE held IS NOT NULL AND at <= ?").bind(1, row.to).run();
  connection_.prepare("UPDATE document SET held = NULL WHERE held IS NOT NULL AND at <= ?").bind(1, row.to).run();
  done.released = connection_.changes();
  auto wrong = connection_.prepare(
      "SELECT seq, from_time - to_time FROM reanchoring WHERE to_time < from_time AND seq < ? ORDER BY seq DESC LIMIT "
      "1");
  if (!wrong.bind(1, row.seq).step()) return;
  const std::int64_t seq = wrong.integer(0);
  const std::chrono::milliseconds error(wrong.integer(1));
  bring_back(seq, row.to, done);
  std::vector<Stamped> documents;
  {
    auto read =
        connection_.prepare(std::string(kStampedSql) + "WHERE id > ? AND at <= ? AND removed IS NULL ORDER BY id");
    read.bind_all(seq, row.to - error);
    documents = stamped_of<Stamped>(read);
  }
  for (const auto& document : documents) {
    if (!document.by_clock) continue;
    shift(document, error, row.seq);
    ++done.restamped;
  }
}

void TimeCorrection::bring_back(std::int64_t reanchoring, TimePoint to, Corrected& done) {
  std::vector<Stamped> documents;
  {
    auto read = connection_.prepare(
        "SELECT document, 1, at, published_at, received_at FROM restamped WHERE seq = ? AND at <= ? AND document IN "
        "(SELECT id FROM document WHERE removed IS NULL) ORDER BY document");
    read.bind_all(reanchoring, to);
    documents = stamped_of<Stamped>(read);
  }
  for (const auto& was : documents) {
    move(was.id, was.at, was.published, was.received);
    connection_.prepare("DELETE FROM restamped WHERE document = ?").bind(1, was.id).run();
    ++done.restamped;
  }
}

void TimeCorrection::shift(const Stamped& document, std::chrono::milliseconds by, std::int64_t seq) {
  // What is kept is how the document arrived: an earlier correction of it has written that down.
  connection_
      .prepare(
          "INSERT INTO restamped (document, seq, at, published_at, received_at) VALUES (?1, ?2, ?3, ?4, ?5) "
          "ON CONFLICT DO UPDATE SET seq = ?2")
      .bind_all(document.id, seq, document.at, document.published, document.received)
      .run();
  move(document.id, document.at + by, document.published + by, document.received + by);
}

void TimeCorrection::move(std::int64_t document, TimePoint at, TimePoint published, TimePoint received) {
  auto read = connection_.prepare(
      "SELECT d.at, d.topic, d.source, d.label, d.sentiment, d.vote_topic, d.vote_label, d.vote_sentiment, d.story, "
      "s.pruned, d.model, coalesce(d.vote_model, d.model) FROM document d JOIN story s ON s.id = d.story WHERE d.id = "
      "?");
  if (!read.bind(1, document).step()) return;
  const std::int64_t old_minute = tables_.rollup_minute(read.time(0)), new_minute = tables_.rollup_minute(at);
  const std::int64_t source = read.integer(2), vote_topic = read.integer(5), story = read.integer(8);
  const std::int64_t model = read.integer(10), vote_model = read.integer(11);
  const auto label = label_of(read.integer(3)), vote_label = label_of(read.integer(6));
  const bool votes_known = !read.flag(9);
  StoryChange change(connection_, story);
  FirstIn first{};
  if (votes_known) {
    first = {
        !exists_earlier("SELECT 1 FROM document WHERE story = ? AND removed IS NULL AND id < ? LIMIT 1",
                        {story, document}),
        !exists_earlier(
            "SELECT 1 FROM document WHERE story = ? AND removed IS NULL AND id < ? AND vote_topic = ? LIMIT 1",
            {story, document, vote_topic}),
        !exists_earlier("SELECT 1 FROM document WHERE story = ? AND removed IS NULL AND id < ? AND source = ? LIMIT 1",
                        {story, document, source}),
        !exists_earlier("SELECT 1 FROM document WHERE story = ? AND removed IS NULL AND id < ? AND vote_topic = ? AND "
                        "source = ? LIMIT 1",
                        {story, document, vote_topic, source})};
  }
  for (const auto& [minute, times] : {std::pair{old_minute, -1}, std::pair{new_minute, 1}}) {
    RollupDelta counted, voted;
    counted.add_document(label, read.optional_integer(4), times);
    voted.add_votes(vote_label, read.optional_integer(7), first, times);
    add_to_rollup(connection_, {{}, minute, read.integer(1), source, model}, counted);
    add_to_rollup(connection_, {{}, minute, vote_topic, source, vote_model}, voted);
  }
  if (votes_known) move_entities(document, old_minute, new_minute);
  if (first[0]) connection_.prepare("UPDATE story SET first_at = ? WHERE id = ?").bind_all(at, story).run();
  tables_.note_model(model, at);
  connection_.prepare("UPDATE document SET at = ?2, published_at = ?3, received_at = ?4 WHERE id = ?1")
      .bind_all(document, at, published, received)
      .run();
  change.finish();
}

void TimeCorrection::move_entities(std::int64_t document, std::int64_t old_minute, std::int64_t new_minute) {
  auto read = connection_.prepare(
      "SELECT e.entity, d.topic, coalesce(e.vote_topic, d.vote_topic), coalesce(e.vote_seq, d.id), e.label, "
      "e.sentiment, e.vote_label, e.vote_sentiment, d.source, d.story, d.model, coalesce(e.vote_model, d.vote_model, "
      "d.model) FROM document_entity e JOIN document d ON d.id = e.document WHERE d.id = ?");
  read.bind(1, document);
  static constexpr const char* kEarlier =
      "SELECT 1 FROM document d CROSS JOIN document_entity e ON e.document = d.id AND e.entity = ?2 WHERE d.story = ?1 "
      "AND d.removed IS NULL AND e.vote_label IS NOT NULL AND coalesce(e.vote_seq, d.id) < ?3 AND (?4 = 0 OR "
      "coalesce(e.vote_topic, "
      "d.vote_topic) = ?4) AND (?5 = 0 OR d.source = ?5) LIMIT 1";
  while (read.step()) {
    const std::int64_t entity = read.integer(0), topic = read.integer(2), place = read.integer(3);
    const std::int64_t source = read.integer(8), story = read.integer(9);
    const FirstIn first{!exists_earlier(kEarlier, {story, entity, place, 0, 0}),
                        !exists_earlier(kEarlier, {story, entity, place, topic, 0}),
                        !exists_earlier(kEarlier, {story, entity, place, 0, source}),
                        !exists_earlier(kEarlier, {story, entity, place, topic, source})};
    for (const auto& [minute, times] : {std::pair{old_minute, -1}, std::pair{new_minute, 1}}) {
      RollupDelta counted, voted;
      if (!read.is_null(4)) counted.add_document(label_of(read.integer(4)), read.optional_integer(5), times);
      if (!read.is_null(6)) voted.add_votes(label_of(read.integer(6)), read.optional_integer(7), first, times);
      add_to_rollup(connection_, {entity, minute, read.integer(1), source, read.integer(10)}, counted);
      add_to_rollup(connection_, {entity, minute, topic, source, read.integer(11)}, voted);
    }
  }
}

/// Where sources contradict the clock, it may be wrong itself: then nothing more is forgotten.
void TimeCorrection::clamp_last_seen(const Reanchoring& row, const Corrected& done) {
  if (done.held > 0) return;
  for (const char* table : {"topic", "source", "entity"}) {
    connection_.prepare("UPDATE " + std::string(table) + " SET last_seen = ?1 WHERE last_seen > ?1")
        .bind(1, row.to)
        .run();
  }
  connection_.prepare("UPDATE model SET last_at = ?1 WHERE last_at > ?1").bind(1, row.to).run();
  connection_.prepare("DELETE FROM source_span WHERE since > ?").bind(1, row.to).run();
  // Heard by the wrong clock: for as long from now on as it was to last from then.
  connection_
      .prepare(
          "UPDATE source_span SET until = ?1 + coalesce(until - heard, 0), heard = ?1 WHERE coalesce(heard, until) > "
          "?1")
      .bind(1, row.to)
      .run();
}

void TimeCorrection::set_late(std::int64_t document, bool late) {
  connection_.prepare("UPDATE document SET late = ? WHERE id = ?").bind_all(late, document).run();
}

void TimeCorrection::set_added_late(std::int64_t document, std::int64_t seq, bool late) {
  connection_.prepare("UPDATE document_entity SET vote_late = ?3 WHERE document = ?1 AND vote_seq = ?2")
      .bind_all(document, seq, late)
      .run();
}

bool TimeCorrection::exists_earlier(const char* sql, std::initializer_list<std::int64_t> values) {
  auto statement = connection_.prepare(sql);
  int index = 0;
  for (const auto value : values) statement.bind(++index, value);
  return statement.step();
}

}  // namespace tapewatch::storage
