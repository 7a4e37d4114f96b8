// Tested by tests/storage/rescored/rescored_history_test.cpp
#include "storage/rescored/rescored_writer.hpp"

#include "storage/document/risk_columns.hpp"
#include "storage/rescored/story_history.hpp"

namespace tapewatch::storage {

namespace {

std::int64_t label_number(Label label) { return static_cast<std::int64_t>(label); }

std::optional<double> probability(const TextScore& score, std::size_t i) {
  return score.probabilities ? std::optional<double>((*score.probabilities)[i]) : std::nullopt;
}

std::optional<std::int64_t> micro(const TextScore& score) {
  if (!score.probabilities || score.label == Label::unscored) return std::nullopt;
  return to_micro(static_cast<double>((*score.probabilities)[0]) - static_cast<double>((*score.probabilities)[2]));
}

std::optional<std::int64_t> micro(const MentionScore& score) {
  return score.label == Label::unscored ? std::nullopt : std::optional(to_micro(score.sentiment));
}

}  // namespace

RescoredWriter::RescoredWriter(Connection& connection)
    : connection_(connection),
      topics_(connection, "topic"),
      entities_(connection, "entity"),
      models_(connection, "model"),
      events_(connection, "risk_event") {}

bool RescoredWriter::store(const RescoredRow& row) {
  std::int64_t story = 0, at = 0;
  {
    auto read = connection_.prepare("SELECT story, at FROM document WHERE id = ? AND revision = ? AND removed IS NULL");
    if (!read.bind_all(row.document, row.revision).step()) return false;
    story = read.integer(0);
    at = read.integer(1);
  }
  const std::int64_t model = models_.key(row.model_version);
  if (!row.mentions && has_mentions(row, model)) return true;  // by another run: more than this one asked for
  StoryChange change(connection_, story, model);
  write(row, model);
  change.finish();
  connection_
      .prepare(
          "UPDATE model SET rescored_first_at = min(coalesce(rescored_first_at, ?2), ?2), rescored_last_at = "
          "max(coalesce(rescored_last_at, ?2), ?2) WHERE key = ?1")
      .bind_all(model, at)
      .run();
  return true;
}

bool RescoredWriter::has_mentions(const RescoredRow& row, std::int64_t model) {
  auto read =
      connection_.prepare("SELECT 1 FROM rescored WHERE document = ? AND model = ? AND revision = ? AND mentions = 1");
  return read.bind_all(row.document, model, row.revision).step();
}

void RescoredWriter::write(const RescoredRow& row, std::int64_t model) {
  connection_.prepare("DELETE FROM rescored_mention WHERE document = ? AND model = ?")
      .bind_all(row.document, model)
      .run();
  auto insert = connection_.prepare(
      "INSERT OR REPLACE INTO rescored (document, model, revision, mentions, scored_at, topic, label, sentiment, "
      "positive, neutral, negative, vote_topic, vote_label, vote_sentiment, vote_negative, event, gravity, vote_event, "
      "vote_gravity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const RiskColumns risk = risk_columns(events_, row.now.risk), vote_risk = risk_columns(events_, row.vote.risk);
  insert.bind_all(row.document, model, row.revision, row.mentions, row.scored_at, topics_.key(row.now.topic),
                  label_number(row.now.label), micro(row.now), probability(row.now, 0), probability(row.now, 1),
                  probability(row.now, 2), topics_.key(row.vote.topic), label_number(row.vote.label), micro(row.vote),
                  probability(row.vote, 2), risk.event, risk.gravity, vote_risk.event, vote_risk.gravity);
  insert.run();
  for (const auto& mention : row.entities) {
    auto add = connection_.prepare(
        "INSERT OR REPLACE INTO rescored_mention (document, model, entity, label, sentiment, method, vote_topic, "
        "vote_label, vote_sentiment, event, gravity, vote_event, vote_gravity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?)");
    std::optional<std::int64_t> label, sentiment;
    RiskColumns of_now;
    const RiskColumns of_vote = risk_columns(events_, mention.vote.risk);
    if (mention.now) {
      label = label_number(mention.now->label);
      sentiment = micro(*mention.now);
      of_now = risk_columns(events_, mention.now->risk);
    }
    add.bind_all(row.document, model, entities_.key(mention.entity), label, sentiment, mention.method,
                 topics_.key(mention.vote_topic), label_number(mention.vote.label), micro(mention.vote), of_now.event,
                 of_now.gravity, of_vote.event, of_vote.gravity);
    add.run();
  }
}

}  // namespace tapewatch::storage
