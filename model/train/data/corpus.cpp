#include "model/train/data/corpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "model/gravity.hpp"
#include "model/package/topic_slug.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::string_view kUnsaid = "?";

/// Separates rows by whether their source is requested.
struct Chosen {
  std::span<const std::string> sources;
  std::map<std::string, std::size_t>& left_out;

  void append(std::vector<RawRow>& to, std::vector<RawRow> rows) const {
    for (auto& row : rows) {
      if (sources.empty() || std::find(sources.begin(), sources.end(), row.source) != sources.end()) {
        to.push_back(std::move(row));
      } else {
        ++left_out[row.source];
      }
    }
  }
};

const std::string& topic_label(const RawRow& row) { return row.topic.empty() ? row.label : row.topic; }

/// Collects texts; an existing label stays.
class Joiner {
 public:
  Joiner(const LabelNames& names, BadRows& bad) : topics_(names.topics), events_(names.events), bad_(bad) {}

  void add_sentiment(const RawRow& row) {
    const auto [label, score] = sentiment(row);
    const auto topic_index = row.topic.empty() || topics_.empty() ? kNoLabel : topic(row);
    const auto risk = this->risk(row);
    if (label == kBad || topic_index == kBad || !risk) return;
    auto& text = at(row);
    if (text.sentiment == kNoLabel) text.score = score;
    set(text.sentiment, label, text.sentiment_source, row);
    if (topic_index != kNoLabel) set(text.topic, topic_index, text.topic_source, row);
    if (risk->event == kNoLabel) return;
    set(text.risk.event, risk->event, text.risk_source, row);
    if (text.risk.gravity == kNoLabel) text.risk.gravity = risk->gravity;
  }

  void add_topic(const RawRow& row) {
    const auto label = topic(row);
    if (label == kBad) return;
    auto& text = at(row);
    set(text.topic, label, text.topic_source, row);
  }

  void add_entity(const RawRow& row) {
    const auto [label, score] = sentiment(row);
    if (label == kBad) return;
    if (row.entity.empty()) return bad_.add(row.file, row.line, "no entity");
    const auto risk = this->risk(row);
    if (!risk) return;
    auto& text = at(row);
    for (auto& one : text.entities) {
      if (one.name != row.entity) continue;
      if (one.risk.event == kNoLabel) one.risk = *risk;
      const bool other_risk = risk->event != kNoLabel && *risk != one.risk;
      corpus_.contradictions += one.label != label || other_risk ? 1 : 0;
      return;
    }
    text.entities.push_back({row.entity, label, score, *risk});
    if (text.entity_source.empty()) text.entity_source = row.source;
  }

  /// A text with labels from another file stays labelled.
  void add_unlabelled(const RawRow& row) {
    if (row.text.empty()) return bad_.add(row.file, row.line, "no text");
    auto& text = at(row);
    const bool has_label = text.sentiment != kNoLabel || text.topic != kNoLabel || !text.entity_source.empty();
    if (!has_label && text.unlabelled_source.empty()) text.unlabelled_source = row.source;
    const auto same = [&](const EntityLabel& one) { return one.name == row.entity; };
    if (!row.entity.empty() && std::none_of(text.entities.begin(), text.entities.end(), same)) {
      text.entities.push_back({.name = row.entity});
    }
  }

  Corpus take() { return std::move(corpus_); }

 private:
  static constexpr std::int64_t kBad = -1;
  static constexpr float kHalf = 0.5F;

  /// The label and its score.
  std::pair<std::int64_t, float> sentiment(const RawRow& row) {
    if (row.text.empty()) return {refuse(row, "no text"), 0.0F};
    const auto names = sentiment_names();
    const auto found = std::find(names.begin(), names.end(), row.label);
    if (found != names.end()) {
      const auto label = found - names.begin();
      return {label, static_cast<float>(1 - label)};
    }
    float score = 0.0F;
    const auto* const end = row.label.data() + row.label.size();
    const auto [stop, error] = std::from_chars(row.label.data(), end, score);
    if (error != std::errc{} || stop != end || !(score >= -1.0F && score <= 1.0F)) {
      return {refuse(row, "label `" + row.label + "` is not positive, neutral, negative or a score in [-1, 1]"), 0.0F};
    }
    return {score > kHalf ? 0 : score < -kHalf ? 2 : 1, score};
  }

  std::int64_t topic(const RawRow& row) {
    const auto slug = topic_slug(topic_label(row));
    const auto found =
        std::find_if(topics_.begin(), topics_.end(), [&](const TopicName& topic) { return topic.id == slug; });
    if (row.text.empty()) return refuse(row, "no text");
    if (found == topics_.end()) return refuse(row, "topic `" + topic_label(row) + "` is not one of the topics trained");
    return found - topics_.begin();
  }

  /// Without labels where the row has none; nothing for a bad row.
  std::optional<RiskLabel> risk(const RawRow& row) {
    if (events_.empty() || !row.event || !row.gravity || *row.event == kUnsaid) return RiskLabel{};
    const auto gravity = row.gravity->empty() ? Gravity::none : gravity_named(*row.gravity);
    const auto event = std::ranges::find(events_, *row.event);
    const bool known = row.event->empty() || event != events_.end();
    if (!known || !gravity || row.event->empty() != (*gravity == Gravity::none)) {
      refuse(row, fmt::format("event `{}` of gravity `{}`: expected an id of lower-case letters and hyphens with "
                              "minor, serious or grave, or "
                              "both empty",
                              *row.event, *row.gravity));
      return std::nullopt;
    }
    return RiskLabel{row.event->empty() ? 0 : event - events_.begin() + 1, static_cast<std::int64_t>(*gravity)};
  }

  std::int64_t refuse(const RawRow& row, const std::string& reason) {
    bad_.add(row.file, row.line, reason);
    return kBad;
  }

  TrainingText& at(const RawRow& row) {
    const auto [place, is_new] = places_.try_emplace(row.text, corpus_.texts.size());
    if (is_new) corpus_.texts.push_back({.text = row.text});
    return corpus_.texts[place->second];
  }

  void set(std::int64_t& label, std::int64_t value, std::string& source, const RawRow& row) {
    if (label == kNoLabel) {
      label = value;
      source = row.source;
    } else if (label != value) {
      ++corpus_.contradictions;
    }
  }

  std::span<const TopicName> topics_;
  std::span<const std::string> events_;
  BadRows& bad_;
  Corpus corpus_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

std::string_view to_string(Task task) {
  constexpr std::array<std::string_view, kTasks> kNames{"sentiment", "topic",        "entity",        "event",
                                                        "gravity",   "entity_event", "entity_gravity"};
  return kNames[static_cast<std::size_t>(task)];
}

bool asks_entities(Task task) {
  return task == Task::entity || task == Task::entity_event || task == Task::entity_gravity;
}

bool is_risk(Task task) { return task != Task::sentiment && task != Task::topic && task != Task::entity; }

std::int64_t label_of(const TrainingText& text, Task task, std::size_t entity) {
  const auto of = [&]() -> const EntityLabel& { return text.entities.at(entity); };
  switch (task) {
    case Task::sentiment:
      return text.sentiment;
    case Task::topic:
      return text.topic;
    case Task::entity:
      return of().label;
    case Task::event:
      return text.risk.event;
    case Task::gravity:
      return text.risk.gravity;
    case Task::entity_event:
      return of().risk.event;
    case Task::entity_gravity:
      return of().risk.gravity;
  }
  return kNoLabel;
}

const std::string& source_of(const TrainingText& text, Task task) {
  if (task == Task::sentiment) return text.sentiment_source;
  if (task == Task::topic) return text.topic_source;
  return asks_entities(task) ? text.entity_source : text.risk_source;
}

bool TrainingText::conflicting() const {
  return std::any_of(entities.begin(), entities.end(),
                     [&](const EntityLabel& one) { return one.label != entities.front().label; });
}

std::span<const std::string_view> sentiment_names() {
  static constexpr std::array<std::string_view, 3> kNames{"positive", "neutral", "negative"};
  return kNames;
}

RawCorpus read_files(const CorpusFiles& files, std::span<const std::string> sources, BadRows& bad) {
  RawCorpus raw;
  const Chosen chosen{sources, raw.left_out};
  for (const auto& path : files.sentiment) chosen.append(raw.sentiment, read_rows(path, {"label", "text"}, bad));
  for (const auto& path : files.topic) chosen.append(raw.topic, read_rows(path, {"text"}, bad));
  for (const auto& path : files.unlabelled) chosen.append(raw.unlabelled, read_rows(path, {"text"}, bad));
  for (const auto& path : files.entity) chosen.append(raw.entity, read_rows(path, {"label", "entity", "text"}, bad));
  return raw;
}

std::vector<TopicName> topics_in(const RawCorpus& raw) {
  std::map<std::string, std::string> names;
  for (const auto& row : raw.topic) {
    const auto& name = topic_label(row);
    const auto slug = topic_slug(name);
    if (slug.empty()) continue;
    auto& known = names[slug];
    if (known.empty() || known == slug) known = name;
  }
  std::vector<TopicName> topics;
  for (const auto& [id, name] : names) topics.push_back({id, name});
  return topics;
}

std::vector<std::string> events_in(const RawCorpus& raw) {
  std::set<std::string> events;
  for (const auto* rows : {&raw.sentiment, &raw.entity}) {
    for (const auto& row : *rows) {
      if (row.event && is_event_id(*row.event)) events.insert(*row.event);
    }
  }
  return {events.begin(), events.end()};
}

Corpus join_texts(const RawCorpus& raw, const LabelNames& names, BadRows& bad) {
  Joiner joiner(names, bad);
  for (const auto& row : raw.sentiment) joiner.add_sentiment(row);
  if (!names.topics.empty()) {
    for (const auto& row : raw.topic) joiner.add_topic(row);
  }
  for (const auto& row : raw.entity) joiner.add_entity(row);
  for (const auto& row : raw.unlabelled) joiner.add_unlabelled(row);
  return joiner.take();
}

}  // namespace tapewatch::model::train
