#pragma once
#include <random>
#include <string>
#include <vector>

#include "storage/sentiment/sentiment_reader.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

namespace storage_test {

/// Counts equal, sums to rounding.
inline void require_same(const std::vector<SentimentSeries>& found, const std::vector<SentimentSeries>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    REQUIRE(found[i].key == wanted[i].key);
    REQUIRE(found[i].points.size() == wanted[i].points.size());
    for (std::size_t j = 0; j < found[i].points.size(); ++j) {
      const auto &f = found[i].points[j], &w = wanted[i].points[j];
      const auto counts = [](const SentimentPoint& p) {
        return std::vector<std::int64_t>{static_cast<std::int64_t>(p.bucket),
                                         to_ms(p.t),
                                         p.documents,
                                         p.stories,
                                         p.positive,
                                         p.neutral,
                                         p.negative,
                                         p.negative_stories,
                                         p.abstained,
                                         p.unscored,
                                         p.scored};
      };
      REQUIRE(counts(f) == counts(w));
      REQUIRE(f.sum == Approx(w.sum).margin(1e-4));
      REQUIRE(f.sum_squares == Approx(w.sum_squares).margin(1e-4));
      REQUIRE(f.mean.has_value() == (f.scored > 0));
      REQUIRE(f.standard_error.has_value() == (f.scored > 1));
    }
  }
}

/// Random documents, and random queries about them.
class RandomStream {
 public:
  explicit RandomStream(unsigned seed) : random_(seed) {}
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::string pick(const char* prefix, int n) { return prefix + std::to_string(below(n)); }

  /// Few sources, ids, titles and topics, so that repeats, revisions and reprints are common; six days.
  DocumentRow next() {
    const auto at = at_minute(below(6 * 1440)) + milliseconds(below(60'000));
    auto row = document(pick("source", 3), pick("id", 150), at, pick("title", 40), score());
    row.story_key = row.title;
    row.model_version = pick("model", 3);
    for (int i = below(4); i > 0; --i) {
      const bool unscored = row.label == Label::unscored || below(12) == 0;
      static constexpr const char* kLabels[] = {"positive", "neutral", "negative", "abstained"};
      row.entities.push_back(
          entity(pick("entity", 4), unscored ? "unscored" : kLabels[below(4)], (below(2001) - 1000) / 1000.0));
      row.entities.back().end = 6;  // found in the text: those that a source names are united over repeats
    }
    return row;
  }

  SentimentQuery query() {
    SentimentQuery query;
    const std::int64_t width = below(3) == 0 ? 1440 : 60 * (1 + below(20));
    std::int64_t minute = below(2000) - 500;
    const bool uneven = below(2) == 0, part_minutes = below(4) == 0;
    for (int i = below(6) + 2; i > 0; --i) {
      query.edges.push_back(at_minute(minute) + milliseconds(part_minutes ? 7'123 : 0));
      minute += uneven ? width + below(60) : width;
    }
    query.by_topic = below(2) == 0;
    query.by_source = below(2) == 0;
    query.by_entity = below(3) == 0;
    query.unit = below(2) == 0 ? SentimentQuery::Unit::story : SentimentQuery::Unit::document;
    for (int i = below(3) == 0 ? 1 + below(3) : 0; i > 0; --i) {
      query.topics.push_back(below(6) == 0 ? "" : pick("topic", 4));
    }
    for (int i = below(3) == 0 ? 1 + below(3) : 0; i > 0; --i) query.sources.push_back(pick("source", 4));
    for (int i = below(3) == 0 ? 1 + below(3) : 0; i > 0; --i) query.entities.push_back(pick("entity", 5));
    return query;
  }

 private:
  Score score() {
    const int kind = below(10);
    if (kind == 0) return {"", "unscored"};
    const float positive = static_cast<float>(below(1000)) / 2000.0f,
                negative = static_cast<float>(below(1000)) / 2000.0f;
    const char* label = kind == 1 ? "abstained" : kind < 5 ? "negative" : kind < 8 ? "neutral" : "positive";
    return {pick("topic", 3), label, positive, 1.0f - positive - negative, negative};
  }

  std::mt19937 random_;
};

}  // namespace storage_test
