#pragma once
// Tested by tests/storage/document/document_reader_test.cpp
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "storage/document/document_reader.hpp"

namespace tapewatch::storage {

/// The lists of keys that select a series, as SQL: "(3)"; "" where it is not selected by that.
struct SeriesKeys {
  std::string topics, entities, sources;
};

/// The condition that the vote which `label` holds counts in `number`; "" for every vote.
inline std::string counts_in(StoryNumber number, std::string_view label) {
  if (number == StoryNumber::stories) return "";
  return fmt::format(" AND {} {} 2", label, number == StoryNumber::negative_stories ? "=" : "<=");
}

/// Document `d` gave its story's vote in the series: no earlier one of the story is left there. Nothing is known of a
/// story of which retention has deleted documents.
inline std::string gave_vote(StoryNumber number, const SeriesKeys& keys) {
  const auto in = [](std::string_view column, const std::string& list) {
    return list.empty() ? std::string() : fmt::format(" AND {} IN {}", column, list);
  };
  const std::string known = "(SELECT s.pruned FROM story s WHERE s.id = d.story) = 0";
  if (keys.entities.empty()) {
    return known + in("d.vote_topic", keys.topics) + in("d.source", keys.sources) + counts_in(number, "d.vote_label") +
           " AND NOT EXISTS (SELECT 1 FROM document p WHERE p.story = d.story AND p.removed IS NULL AND p.id < d.id" +
           in("p.vote_topic", keys.topics) + in("p.source", keys.sources) + ")";
  }
  const std::string earlier =
      "SELECT 1 FROM document p CROSS JOIN document_entity o ON o.document = p.id AND o.entity = e.entity WHERE "
      "p.story = "
      "d.story AND p.removed IS NULL AND o.vote_label IS NOT NULL AND coalesce(o.vote_seq, p.id) < "
      "coalesce(e.vote_seq, "
      "d.id)" +
      in("coalesce(o.vote_topic, p.vote_topic)", keys.topics) + in("p.source", keys.sources);
  return known + in("d.source", keys.sources) +
         " AND EXISTS (SELECT 1 FROM document_entity e WHERE e.document = d.id AND e.entity IN " + keys.entities +
         " AND e.vote_label IS NOT NULL" + in("coalesce(e.vote_topic, d.vote_topic)", keys.topics) +
         counts_in(number, "e.vote_label") + " AND NOT EXISTS (" + earlier + "))";
}

}  // namespace tapewatch::storage
