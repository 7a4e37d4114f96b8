#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/pipeline/labels.hpp"
#include "daemon/pipeline/scored.hpp"
#include "daemon/pipeline/writing/applier.hpp"

namespace tapewatch::tests {

inline const std::string kModel = "test-model+1";

inline std::shared_ptr<const ingest::EntityFinder> two_companies() {
  return std::make_shared<const ingest::EntityFinder>(
      std::vector<ingest::WatchedEntity>{{"halden", "Halden Bank", {}, "HLDN", "", "", "", {"own"}},
                                         {"ostrava", "Ostrava Steel", {}, "OSTV", "", "", "", {}}});
}

/// A record as passed on by the inference workers, with scores chosen by the test.
inline Scored scored_record(std::uint64_t number, TimePoint at, const std::string& title, double negative,
                            std::optional<std::size_t> entity = std::nullopt) {
  Scored record;
  ingest::Document document;
  document.source = "wire";
  document.id = "doc-" + std::to_string(number);
  document.title = title;
  document.published_at = document.received_at = at;
  document.published_from = ingest::PublishedFrom::source;
  record.incoming.number = number;
  record.incoming.source = "wire";
  record.incoming.content = std::move(document);
  record.incoming.kafka = storage::KafkaPosition{"cluster", "news", 0, static_cast<std::int64_t>(number) + 1};
  model::Prediction prediction;
  const auto p = static_cast<float>(negative);
  prediction.sentiment = {(1 - p) / 4, (1 - p) * 3 / 4, p};
  prediction.topics = {0.75F, 0.25F};
  prediction.tokens = 12;
  record.prediction = prediction;
  record.model_version = kModel;
  record.label = to_label(prediction.label());
  record.topic = "earnings";
  record.story_key = title;
  if (entity) {
    const auto finder = two_companies();
    const auto& watched = finder->entities()[*entity];
    record.entities = {{watched.id, watched.name, watched.tags, 0, 6, record.label}};
  }
  record.scored_at = at;
  return record;
}

/// Its source takes the record's document back.
inline Scored removal_of(const Scored& record, std::uint64_t number) {
  const auto& document = std::get<ingest::Document>(record.incoming.content);
  Scored removal;
  removal.incoming.number = number;
  removal.incoming.source = "wire";
  removal.incoming.content = Removal{.source = document.source, .id = document.id, .received_at = document.received_at};
  removal.incoming.kafka = storage::KafkaPosition{"cluster", "news", 0, static_cast<std::int64_t>(number) + 1};
  return removal;
}

/// Thirty quiet hours of two headlines each, then sixteen bad stories about Halden Bank in eight minutes.
inline std::vector<Scored> quiet_then_burst(TimePoint from) {
  using namespace std::chrono_literals;
  std::vector<Scored> records;
  std::uint64_t number = 0;
  for (int half_hour = 0; half_hour < 60; ++half_hour) {
    const bool bad = half_hour % 10 == 3;
    records.push_back(scored_record(number, from + half_hour * 30min, "quiet story " + std::to_string(number),
                                    bad ? 0.9 : 0.05, number % 2));
    ++number;
  }
  for (int story = 0; story < 16; ++story) {
    records.push_back(scored_record(number, from + 30h + story * 30s, "bad story " + std::to_string(number), 0.95, 0));
    ++number;
  }
  return records;
}

inline alerts::RuleOptions burst_rule() {
  alerts::RuleOptions rule;
  rule.name = "negative-burst";
  rule.group_by = {"entity"};
  return rule;
}

}  // namespace tapewatch::tests
