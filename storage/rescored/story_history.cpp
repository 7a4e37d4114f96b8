// Tested by tests/storage/rescored/rescored_history_test.cpp
#include "storage/rescored/story_history.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "storage/document/label.hpp"

namespace tapewatch::storage {

namespace {

/// A story's vote with a document, in the series of documents or in those of a company.
struct Vote {
  std::int64_t entity = 0, place = 0;  // its time in the sequence
  std::int64_t minute = 0, topic = 0, source = 0;
  Label label = Label::unscored;
  std::optional<std::int64_t> micro;
  bool counts = false;  // under the version
};

class StorySummary {
 public:
  StorySummary(Connection& connection, std::int64_t story, std::int64_t model)
      : connection_(connection), story_(story), model_(model) {}

  StorySums sums() {
    read_documents();
    read_mentions();
    if (votes_are_known()) {
      count_votes(given_, -1);
      count_votes(rescored_, 1);
    }
    std::erase_if(sums_, [](const auto& row) { return is_empty(row.second); });
    return std::move(sums_);
  }

  static bool is_empty(const RollupDelta& delta) {
    const auto zero = [](const auto& sums, const auto& columns) {
      return std::all_of(std::begin(columns), std::end(columns), [&](const auto& c) { return sums.*c.field == 0; });
    };
    return zero(delta.documents, kDocumentColumns) &&
           std::all_of(delta.votes.begin(), delta.votes.end(), [&](const auto& v) { return zero(v, kVoteColumns); });
  }

 private:
  /// Retention has taken documents of other stories' votes: what is counted of them stays as it is.
  bool votes_are_known() const {
    auto read = connection_.prepare("SELECT pruned FROM story WHERE id = ?");
    return read.bind(1, story_).step() && !read.flag(0);
  }

  void add(std::int64_t entity, std::int64_t minute, std::int64_t topic, std::int64_t source,
           const std::pair<Label, std::optional<std::int64_t>>& score) {
    sums_[{entity, minute, topic, source}].add_document(score.first, score.second, 1);
  }

  void add_votes(Vote given, const Statement& read, int at, bool known) {
    given_.push_back(given);
    if (known && !given.counts) {
      given.topic = read.integer(at);
      given.label = label_of(read.integer(at + 1));
      given.micro = read.optional_integer(at + 2);
      given.counts = true;
    }
    rescored_.push_back(given);
  }

  void read_documents() {
    auto read = connection_.prepare(
        "SELECT d.id, d.at, d.source, d.vote_topic, d.vote_label, d.vote_sentiment, coalesce(d.vote_model, d.model), "
        "d.model, r.vote_topic, r.vote_label, r.vote_sentiment, r.revision = d.revision, r.topic, r.label, r.sentiment "
        "FROM document d LEFT JOIN rescored r ON r.document = d.id AND r.model = ?2 WHERE d.story = ?1 AND d.removed "
        "IS NULL");
    read.bind_all(story_, model_);
    while (read.step()) {
      const std::int64_t minute = rollup_minute(connection_, read.time(1)), source = read.integer(2);
      const bool rescored = !read.is_null(11);
      if (rescored && read.flag(11) && read.integer(7) != model_) {
        add(0, minute, read.integer(12), source, {label_of(read.integer(13)), read.optional_integer(14)});
      }
      add_votes({0, read.integer(0), minute, read.integer(3), source, label_of(read.integer(4)),
                 read.optional_integer(5), read.integer(6) == model_},
                read, 8, rescored);
    }
  }

  void read_mentions() {
    auto read = connection_.prepare(
        "SELECT coalesce(e.vote_seq, d.id), d.at, d.source, coalesce(e.vote_topic, d.vote_topic), e.vote_label, "
        "e.vote_sentiment, coalesce(e.vote_model, d.vote_model, d.model), d.model, m.vote_topic, m.vote_label, "
        "m.vote_sentiment, r.revision = d.revision, r.topic, m.label, m.sentiment, e.entity FROM document d CROSS JOIN "
        "document_entity e ON e.document = d.id LEFT JOIN rescored r ON r.document = d.id AND r.model = ?2 LEFT JOIN "
        "rescored_mention m ON m.document = d.id AND m.model = ?2 AND m.entity = e.entity WHERE d.story = ?1 AND "
        "d.removed IS NULL");
    read.bind_all(story_, model_);
    while (read.step()) {
      const std::int64_t minute = rollup_minute(connection_, read.time(1)), source = read.integer(2);
      const std::int64_t entity = read.integer(15);
      const bool rescored = !read.is_null(8);
      if (rescored && read.flag(11) && read.integer(7) != model_ && !read.is_null(13)) {
        add(entity, minute, read.integer(12), source, {label_of(read.integer(13)), read.optional_integer(14)});
      }
      if (read.is_null(4)) continue;
      add_votes({entity, read.integer(0), minute, read.integer(3), source, label_of(read.integer(4)),
                 read.optional_integer(5), read.integer(6) == model_},
                read, 8, rescored);
    }
  }

  /// The first vote of a series is the one that counts.
  void count_votes(std::vector<Vote>& votes, int times) {
    std::sort(votes.begin(), votes.end(), [](const Vote& a, const Vote& b) { return a.place < b.place; });
    for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
      std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> voted;
      for (const Vote& vote : votes) {
        const std::tuple series{vote.entity, kGrains[grain].by_topic ? vote.topic : 0,
                                kGrains[grain].by_source ? vote.source : 0};
        if (std::find(voted.begin(), voted.end(), series) != voted.end()) continue;
        voted.push_back(series);
        if (!vote.counts) continue;
        FirstIn first{};
        first[grain] = true;
        sums_[{vote.entity, vote.minute, vote.topic, vote.source}].add_votes(vote.label, vote.micro, first, times);
      }
    }
  }

  Connection& connection_;
  const std::int64_t story_, model_;
  std::vector<Vote> given_, rescored_;
  StorySums sums_;
};

void add_all(StorySums& sums, const StorySums& more, int times) {
  for (const auto& [key, delta] : more) {
    RollupDelta& sum = sums[key];
    for (const auto& column : kDocumentColumns) sum.documents.*column.field += times * (delta.documents.*column.field);
    for (std::size_t grain = 0; grain < kGrainCount; ++grain) {
      for (const auto& column : kVoteColumns) {
        sum.votes[grain].*column.field += times * (delta.votes[grain].*column.field);
      }
    }
  }
}

}  // namespace

StorySums rescored_sums(Connection& connection, std::int64_t story, std::int64_t model) {
  return StorySummary(connection, story, model).sums();
}

StoryChange::StoryChange(Connection& connection, std::int64_t story, std::optional<std::int64_t> model)
    : connection_(connection), story_(story) {
  if (model) before_[*model];
  std::vector<std::int64_t> models;
  {
    auto read = connection_.prepare(
        "SELECT DISTINCT r.model FROM document d CROSS JOIN rescored r ON r.document = d.id WHERE d.story = ?");
    read.bind(1, story);
    while (read.step()) models.push_back(read.integer(0));
  }
  for (const std::int64_t known : models) before_[known] = rescored_sums(connection_, story, known);
}

void StoryChange::finish() {
  for (const auto& [model, before] : before_) {
    StorySums difference = rescored_sums(connection_, story_, model);
    add_all(difference, before, -1);
    for (const auto& [key, delta] : difference) {
      if (StorySummary::is_empty(delta)) continue;
      const auto& [entity, minute, topic, source] = key;
      add_to_rescored(connection_, {entity == 0 ? std::nullopt : std::optional(entity), minute, topic, source, model},
                      delta);
    }
  }
}

}  // namespace tapewatch::storage
