#include "storage/document/story_ledger.hpp"

#include "storage/document/story_reader.hpp"
#include "storage/document/title_hash.hpp"

namespace tapewatch::storage {

StoryPlace StoryLedger::join(const DocumentRow& row, TimePoint at) {
  std::int64_t chosen = row.story.value_or(0);
  if (!row.story) {
    const auto same = StoryReader(connection_, options_).with_key(row.story_key, at, 1);
    if (!same.empty()) chosen = same.front().id;
  }
  if (chosen != 0) {
    connection_.prepare("UPDATE story SET documents = documents + 1 WHERE id = ?").bind(1, chosen).run();
    if (connection_.changes() > 0) return place_of(chosen);
  }
  connection_.prepare("INSERT INTO story (title_hash, first_at, documents) VALUES (?, ?, 1)")
      .bind_all(title_hash(row.story_key), at)
      .run();
  const std::int64_t story = connection_.last_insert_id();
  if (!row.story_signature.empty()) {
    connection_.prepare("INSERT INTO story_signature (story, signature) VALUES (?, ?)")
        .bind(1, story)
        .bind_blob(2, row.story_signature)
        .run();
  }
  return {story, true, true};
}

StoryPlace StoryLedger::place_of(std::int64_t story) {
  auto read = connection_.prepare("SELECT pruned FROM story WHERE id = ?");
  const bool pruned = read.bind(1, story).step() && read.flag(0);
  return {story, false, !pruned};
}

bool StoryLedger::exists(std::string_view sql, std::initializer_list<std::int64_t> values) {
  auto statement = connection_.prepare(sql);
  int index = 0;
  for (const auto value : values) statement.bind(++index, value);
  return statement.step();
}

FirstIn StoryLedger::first_in(const StoryPlace& place, std::int64_t topic, std::int64_t source) {
  if (place.first) return {true, true, true, true};
  if (!place.may_vote) return {};
  // In the series of everything only the story's first document votes: this one only where no earlier one is left.
  if (!exists("SELECT 1 FROM document WHERE story = ? AND removed IS NULL LIMIT 1", {place.story})) {
    return {true, true, true, true};
  }
  const bool in_topic = exists("SELECT 1 FROM document WHERE story = ? AND vote_topic = ? AND removed IS NULL LIMIT 1",
                               {place.story, topic});
  const bool in_source = exists("SELECT 1 FROM document WHERE story = ? AND source = ? AND removed IS NULL LIMIT 1",
                                {place.story, source});
  const bool in_both =
      in_topic && in_source &&
      exists("SELECT 1 FROM document WHERE story = ? AND source = ? AND vote_topic = ? AND removed IS NULL LIMIT 1",
             {place.story, source, topic});
  return {false, !in_topic, !in_source, !in_both};
}

FirstIn StoryLedger::first_in_entity(const StoryPlace& place, std::int64_t entity, std::int64_t topic,
                                     std::int64_t source) {
  if (place.first) return {true, true, true, true};
  if (!place.may_vote) return {};
  // CROSS JOIN keeps SQLite from starting at the entity, which may have many more documents than the story.
  static constexpr std::string_view kInEntity =
      "SELECT 1 FROM document d CROSS JOIN document_entity e ON e.document = d.id AND e.entity = ?2 "
      "WHERE d.story = ?1 AND d.removed IS NULL AND e.vote_label IS NOT NULL LIMIT 1";
  static constexpr std::string_view kInTopic =
      "SELECT 1 FROM document d CROSS JOIN document_entity e ON e.document = d.id AND e.entity = ?2 "
      "WHERE d.story = ?1 AND d.removed IS NULL AND coalesce(e.vote_topic, d.vote_topic) = ?3 AND e.vote_label IS NOT "
      "NULL LIMIT 1";
  static constexpr std::string_view kInSource =
      "SELECT 1 FROM document d CROSS JOIN document_entity e ON e.document = d.id AND e.entity = ?2 "
      "WHERE d.story = ?1 AND d.removed IS NULL AND d.source = ?3 AND e.vote_label IS NOT NULL LIMIT 1";
  static constexpr std::string_view kInBoth =
      "SELECT 1 FROM document d CROSS JOIN document_entity e ON e.document = d.id AND e.entity = ?2 "
      "WHERE d.story = ?1 AND d.removed IS NULL AND d.source = ?3 AND coalesce(e.vote_topic, d.vote_topic) = ?4 AND "
      "e.vote_label IS NOT NULL "
      "LIMIT 1";
  const bool all = !exists(kInEntity, {place.story, entity});
  if (all) return {true, true, true, true};
  const bool topic_first = !exists(kInTopic, {place.story, entity, topic});
  const bool source_first = !exists(kInSource, {place.story, entity, source});
  const bool both_first = topic_first || source_first || !exists(kInBoth, {place.story, entity, source, topic});
  return {false, topic_first, source_first, both_first};
}

}  // namespace tapewatch::storage
