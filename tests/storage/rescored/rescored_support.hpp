#pragma once
// A model that is a hash: what a version of it says of a text depends on both alone.
#include <functional>
#include <random>

#include "storage/document/document_removal.hpp"
#include "storage/rescored/rescored_writer.hpp"
#include "storage/rescored/rescoring_reader.hpp"
#include "tests/storage/storage_support.hpp"

namespace storage_test {

inline std::uint32_t hash_of(const std::string& text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 15);
}

inline std::optional<Risk> risk_by(std::uint32_t hash) {
  if (hash % 4 != 0) return std::nullopt;
  return Risk{"event" + std::to_string(hash / 4 % 3), static_cast<Gravity>(1 + hash / 12 % 3)};
}

inline TextScore score_of(const std::string& model, const std::string& title) {
  const std::uint32_t hash = hash_of(model + "\n" + title);
  if (hash % 9 == 0) return {};
  static constexpr Label kLabels[] = {Label::negative, Label::neutral, Label::positive, Label::abstained};
  const float positive = static_cast<float>(hash / 7 % 500) / 1000.0f,
              negative = static_cast<float>(hash / 11 % 500) / 1000.0f;
  return {"topic" + std::to_string(hash % 3),
          kLabels[hash / 3 % 4],
          {{positive, 1.0f - positive - negative, negative}},
          risk_by(hash / 13)};
}

inline MentionScore score_of(const std::string& model, const std::string& title, const std::string& company) {
  const std::uint32_t hash = hash_of(model + "\n" + company + "\n" + title);
  if (score_of(model, title).label == Label::unscored) return {};
  static constexpr Label kLabels[] = {Label::negative, Label::neutral, Label::positive};
  return {kLabels[hash % 3], static_cast<double>(hash / 3 % 2001) / 1000.0 - 1.0, risk_by(hash / 17)};
}

/// A row as it would be if this version scored it.
inline DocumentRow scored_by(const std::string& model, DocumentRow row) {
  const TextScore score = score_of(model, row.title);
  row.model_version = model;
  row.topic = score.topic;
  row.label = score.label;
  row.probabilities = score.probabilities;
  row.risk = score.risk;
  row.unscored_reason = score.probabilities ? "" : "language:de";
  for (auto& entity : row.entities) {
    const MentionScore towards = score_of(model, row.title, entity.id);
    entity.label = towards.label;
    entity.sentiment = towards.sentiment;
    entity.risk = towards.risk;
  }
  return row;
}

/// What is stored of a document that was read.
inline RescoredRow rescored(const std::string& model, const DocumentToScore& read, bool mentions = true) {
  RescoredRow row{read.id,
                  read.revision,
                  model,
                  at_minute(0),
                  score_of(model, read.texts.front().title),
                  score_of(model, read.texts[read.vote_text].title),
                  mentions,
                  {}};
  for (const auto& mention : read.mentions) {
    const std::string& text = read.texts[mention.vote_text].title;
    RescoredMention& scored = row.entities.emplace_back();
    scored.entity = mention.id;
    scored.method = "attention";
    if (mention.is_named) scored.now = score_of(model, read.texts.front().title, mention.id);
    scored.vote_topic = score_of(model, text).topic;
    scored.vote = score_of(model, text, mention.id);
  }
  return row;
}

/// Scores up to `most` documents again. Returns how many there were.
inline std::size_t rescore(Connection& connection, const RescoringQuery& query, std::size_t most = SIZE_MAX) {
  RescoringReader reader(connection, query);
  std::size_t done = 0;
  for (auto documents = reader.next(std::min<std::size_t>(most, 37)); !documents.empty() && done < most;
       documents = reader.next(std::min<std::size_t>(most - done, 37))) {
    Transaction transaction(connection);
    for (const auto& document : documents) {
      done += RescoredWriter(connection).store(rescored(query.model, document, query.mentions)) ? 1 : 0;
    }
    transaction.commit();
    if (done >= most) break;
  }
  return done;
}

/// Documents of few sources, ids, titles and companies, so that repeats, revisions and reprints are common; six days.
class RandomNews {
 public:
  explicit RandomNews(unsigned seed) : random_(seed) {}
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  DocumentRow next() {
    const auto at = at_minute(below(6 * 1440)) + milliseconds(below(60'000));
    auto row = document("source" + std::to_string(below(3)), "id" + std::to_string(below(120)), at,
                        "title" + std::to_string(below(50)));
    row.story_key = "story " + std::to_string(hash_of(row.title) % 30);
    for (int company = 0; company < 4; ++company) {
      if (below(3) != 0) continue;
      row.entities.push_back(entity("entity" + std::to_string(company)));
      row.entities.back().end = 6;  // found in the text: those that a source names are united over repeats
    }
    return row;
  }

 private:
  std::mt19937 random_;
};

}  // namespace storage_test
