// Tested by tests/storage/document/document_removal_test.cpp
#include "storage/document/vote_succession.hpp"

#include <string>
#include <vector>

#include "storage/sentiment/rollup.hpp"

namespace tapewatch::storage {

namespace {

/// A vote and the roll-up row that it is counted in. `place`: its time in the sequence.
struct CastVote {
  std::int64_t place = 0;
  TimePoint at{};
  std::int64_t topic = 0, source = 0, model = 0;
  Label label = Label::unscored;
  std::optional<std::int64_t> micro;
};

CastVote vote_in(const Statement& read) {
  return {read.integer(0),         read.time(1),    read.integer(2),
          read.integer(3),         read.integer(4), label_of(read.integer(5)),
          read.optional_integer(6)};
}

/// Votes of a story (?1) in one of its series: of an entity (?2), of a topic (?3), of a source (?4); 0: of any. Without
/// those of the document (?5).
constexpr std::string_view kOfDocuments =
    "SELECT id, at, vote_topic, source, coalesce(vote_model, model), vote_label, vote_sentiment FROM document "
    "WHERE story = ?1 AND removed IS NULL AND id <> ?5 AND ?2 = 0 AND (?3 = 0 OR vote_topic = ?3) AND (?4 = 0 OR "
    "source = ?4) ORDER BY id LIMIT 1";
constexpr std::string_view kOfEntities =
    "SELECT coalesce(e.vote_seq, d.id), d.at, coalesce(e.vote_topic, d.vote_topic), d.source, "
    "coalesce(e.vote_model, d.vote_model, d.model), e.vote_label, e.vote_sentiment FROM document d CROSS JOIN "
    "document_entity e ON e.document = d.id AND e.entity = ?2 "
    "WHERE d.story = ?1 AND d.removed IS NULL AND d.id <> ?5 AND e.vote_label IS NOT NULL AND "
    "(?3 = 0 OR coalesce(e.vote_topic, d.vote_topic) = ?3) AND (?4 = 0 OR d.source = ?4) ORDER BY 1 LIMIT 1";

class Succession {
 public:
  Succession(Connection& connection, std::int64_t document, std::int64_t story, const RollupMinute& minute_of)
      : connection_(connection), document_(document), story_(story), minute_of_(minute_of) {}

  /// `entity` 0: in the series of documents.
  void pass(const CastVote& vote, std::int64_t entity) {
    for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
      const auto heir = first_left(vote, entity, grain);
      if (heir && heir->place < vote.place) continue;  // the vote was never the document's
      count(vote, entity, grain, -1);
      if (heir) count(*heir, entity, grain, 1);
    }
  }

 private:
  std::optional<CastVote> first_left(const CastVote& vote, std::int64_t entity, std::size_t grain) {
    auto read = connection_.prepare(entity == 0 ? kOfDocuments : kOfEntities);
    read.bind_all(story_, entity, kGrains[grain].by_topic ? vote.topic : 0, kGrains[grain].by_source ? vote.source : 0,
                  document_);
    return read.step() ? std::optional(vote_in(read)) : std::nullopt;
  }

  void count(const CastVote& vote, std::int64_t entity, std::size_t grain, int times) {
    RollupDelta delta;
    FirstIn in{};
    in[grain] = true;
    delta.add_votes(vote.label, vote.micro, in, times);
    add_to_rollup(
        connection_,
        {entity == 0 ? std::nullopt : std::optional(entity), minute_of_(vote.at), vote.topic, vote.source, vote.model},
        delta);
  }

  Connection& connection_;
  const std::int64_t document_, story_;
  const RollupMinute& minute_of_;
};

}  // namespace

void pass_votes(Connection& connection, std::int64_t document, const RollupMinute& minute_of) {
  CastVote own;
  std::int64_t story = 0;
  {
    auto read = connection.prepare(
        "SELECT d.id, d.at, d.vote_topic, d.source, coalesce(d.vote_model, d.model), d.vote_label, d.vote_sentiment, "
        "d.story, s.pruned FROM document d JOIN story s ON s.id = d.story WHERE d.id = ?");
    if (!read.bind(1, document).step() || read.flag(8)) return;
    own = vote_in(read);
    story = read.integer(7);
  }
  std::vector<std::pair<std::int64_t, CastVote>> of_entities;
  {
    auto read = connection.prepare(
        "SELECT coalesce(e.vote_seq, d.id), d.at, coalesce(e.vote_topic, d.vote_topic), d.source, "
        "coalesce(e.vote_model, d.vote_model, d.model), e.vote_label, e.vote_sentiment, e.entity FROM document d JOIN "
        "document_entity e ON e.document = d.id WHERE d.id = ? AND "
        "e.vote_label IS NOT NULL");
    read.bind(1, document);
    while (read.step()) of_entities.emplace_back(read.integer(7), vote_in(read));
  }
  Succession succession(connection, document, story, minute_of);
  succession.pass(own, 0);
  for (const auto& [entity, vote] : of_entities) succession.pass(vote, entity);
}

}  // namespace tapewatch::storage
