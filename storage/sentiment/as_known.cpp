#include "storage/sentiment/as_known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace tapewatch::storage {

namespace {

/// Joins as `r` what document `d` was at `seq`, where it has been revised since.
std::string join_revision(std::int64_t seq) {
  return fmt::format(
      " LEFT JOIN document_revision r ON r.document = d.id AND coalesce(d.revised_seq, d.seq) > {0} AND r.seq = "
      "(SELECT "
      "max(x.seq) FROM document_revision x WHERE x.document = d.id AND x.seq <= {0})",
      seq);
}

std::int64_t first_number(Connection& connection, const char* query, std::int64_t one, std::int64_t other,
                          TimePoint at) {
  auto read = connection.prepare(query);
  read.bind(1, one).bind(2, other).bind(3, at);
  return read.step() ? read.integer(0) : 0;
}

/// The last document that had arrived at `at`, and the one after it. Documents are stored in the order of their ids.
struct Arrivals {
  std::int64_t last = 0, next = std::numeric_limits<std::int64_t>::max();
};

Arrivals arrivals_at(Connection& connection, TimePoint at) {
  auto find = connection.prepare("SELECT id, stored_at FROM document WHERE id >= ? ORDER BY id LIMIT 1");
  std::int64_t low = 0, high = 0;  // ids below `low` came before, ids from `high` on after
  {
    auto newest = connection.prepare("SELECT coalesce(max(id), 0) FROM document");
    newest.step();
    high = newest.integer(0) + 1;
  }
  Arrivals arrivals;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    find.reset();
    find.bind(1, middle);
    if (!find.step()) {
      high = middle;
    } else if (const std::int64_t id = find.integer(0); find.time(1) <= at) {
      arrivals.last = id;
      low = id + 1;
    } else {
      arrivals.next = std::min(arrivals.next, id);
      high = middle;
    }
  }
  return arrivals;
}

}  // namespace

std::string documents_as_of(std::int64_t seq) {
  std::string scores;
  for (const char* column : {"topic", "label", "sentiment", "model"}) {
    scores += fmt::format(", CASE WHEN r.document IS NULL THEN d.{0} ELSE r.{0} END AS {0}", column);
  }
  return fmt::format(
      "(SELECT d.id, d.at, d.received_at, d.scored_at, d.story, d.source, CASE WHEN d.removed <= {0} THEN d.removed "
      "END "
      "AS removed{1}, d.vote_topic, d.vote_label, d.vote_sentiment, coalesce(d.vote_model, d.model) AS vote_model FROM "
      "document d{2} WHERE d.id <= {0})",
      seq, scores, join_revision(seq));
}

std::string mentions_as_of(std::int64_t seq) {
  std::string scores;
  for (const char* column : {"label", "sentiment"}) {
    scores += fmt::format(
        ", CASE WHEN e.vote_seq > {1} THEN NULL WHEN r.document IS NULL THEN e.{0} WHEN r.mentions IS NOT NULL THEN "
        "x.{0} WHEN e.vote_seq IS NULL THEN "
        "e.vote_{0} END AS {0}",
        column, seq);
  }
  return fmt::format(
      "(SELECT e.document, e.entity, e.vote_seq{1}, CASE WHEN coalesce(e.vote_seq, d.id) <= {0} THEN e.vote_label END "
      "AS vote_label, e.vote_sentiment, e.vote_topic, coalesce(e.vote_model, d.vote_model, d.model) AS vote_model FROM "
      "document_entity e JOIN document d ON d.id = e.document{2} LEFT JOIN document_entity_revision x ON x.document = "
      "e.document AND x.revision = r.revision AND x.entity = e.entity)",
      seq, scores, join_revision(seq));
}

std::int64_t seq_as_of(Connection& connection, TimePoint at) {
  const Arrivals arrivals = arrivals_at(connection, at);
  std::int64_t seq = arrivals.last;
  // Revisions, removals and companies read later, between the two arrivals.
  for (const char* query :
       {"SELECT max(seq) FROM document WHERE revision > 1 AND removed IS NULL AND seq > ? AND seq "
        "< ? AND revised_at <= ?",
        "SELECT max(revised_seq) FROM document WHERE revised_seq > ? AND revised_seq < ? AND revised_at <= ?",
        "SELECT max(seq) FROM document_revision WHERE seq > ? AND seq < ? AND stored_at <= ?",
        "SELECT max(seq) FROM removal WHERE seq > ? AND seq < ? AND removed_at <= ?",
        "SELECT max(seq) FROM watch_span WHERE seq > ? AND seq < ? AND noted_at <= ?"}) {
    seq = std::max(seq, first_number(connection, query, arrivals.last, arrivals.next, at));
  }
  return seq;
}

}  // namespace tapewatch::storage
