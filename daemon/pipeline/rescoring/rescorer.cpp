// Tested by tests/daemon/commands/rescore_command_test.cpp
#include "daemon/pipeline/rescoring/rescorer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {
namespace {

std::vector<StoredText> texts_of(const storage::DocumentToScore& document) {
  std::vector<StoredText> texts;
  for (std::size_t i = 0; i < document.texts.size(); ++i) {
    StoredText& stored = texts.emplace_back();
    stored.document.title = document.texts[i].title;
    stored.document.body = document.texts[i].body;
    stored.document.language = document.language;
    for (const auto& mention : document.mentions) {
      ScoredEntity& entity = stored.entities.emplace_back();
      entity.id = mention.id;
      entity.name = mention.name;
      if (i > 0) continue;  // places are those of the present text
      entity.start = mention.start;
      entity.end = mention.end;
    }
  }
  return texts;
}

storage::TextScore text_score(const Scored& record) {
  storage::TextScore score{.topic = record.topic, .label = record.label, .risk = record.risk};
  if (record.prediction) score.probabilities = record.prediction->sentiment;
  return score;
}

storage::MentionScore mention_score(const Scored& record, std::size_t entity) {
  const ScoredEntity& scored = record.entities[entity];
  storage::MentionScore score{.label = scored.label, .risk = scored.risk};
  if (scored.towards) {
    score.sentiment = storage::to_millionth(scored.towards->score());
  } else if (record.prediction) {
    score.sentiment = storage::to_millionth(record.prediction->score());
  }
  return score;
}

storage::RescoredRow row_of(const storage::DocumentToScore& document, std::span<const Scored> texts, bool mentions) {
  const Scored& now = texts.front();
  storage::RescoredRow row{document.id,       document.revision,
                           now.model_version, now.scored_at,
                           text_score(now),   text_score(texts[document.vote_text]),
                           mentions,          {}};
  for (std::size_t i = 0; i < document.mentions.size(); ++i) {
    const storage::MentionToScore& mention = document.mentions[i];
    const Scored& vote = texts[mention.vote_text];
    storage::RescoredMention& entity = row.entities.emplace_back();
    entity.entity = mention.id;
    if (vote.entities[i].towards) entity.method = "attention";
    if (mention.is_named) entity.now = mention_score(now, i);
    entity.vote_topic = vote.topic;
    entity.vote = mention_score(vote, i);
  }
  return row;
}

}  // namespace

std::vector<storage::RescoredRow> Rescorer::score(std::span<const storage::DocumentToScore> documents, bool mentions) {
  std::vector<StoredText> texts;
  for (const auto& document : documents) {
    auto some = texts_of(document);
    std::move(some.begin(), some.end(), std::back_inserter(texts));
  }
  const std::vector<Scored> scored = scorer_.score_again(std::move(texts), EventClock());
  std::vector<storage::RescoredRow> rows;
  rows.reserve(documents.size());
  std::size_t at = 0;
  for (const auto& document : documents) {
    rows.push_back(row_of(document, std::span(scored).subspan(at, document.texts.size()), mentions));
    at += document.texts.size();
  }
  return rows;
}

}  // namespace tapewatch
