#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/package/model_config.hpp"
#include "model/train/data/row_reader.hpp"

namespace tapewatch::model::train {

inline constexpr std::int64_t kNoLabel = -100;  // the label that libtorch's cross entropy ignores

enum class Task { sentiment, topic, entity, event, gravity, entity_event, entity_gravity };
inline constexpr std::size_t kTasks = 7;
inline constexpr Task kAllTasks[kTasks] = {Task::sentiment, Task::topic,        Task::entity,        Task::event,
                                           Task::gravity,   Task::entity_event, Task::entity_gravity};
std::string_view to_string(Task task);
/// Whether its items are the entities of the texts.
bool asks_entities(Task task);
/// Whether it is about risk events.
bool is_risk(Task task);

/// Which risk event a text tells, and how grave it is.
struct RiskLabel {
  std::int64_t event = kNoLabel;    // 0: none, else 1 + index into the run's events
  std::int64_t gravity = kNoLabel;  // a Gravity

  friend bool operator==(const RiskLabel&, const RiskLabel&) = default;
};

struct EntityLabel {
  std::string name;
  std::int64_t label = kNoLabel;  // index into sentiment_names(); none for an unlabelled text
  float score = 0.0F;             // in [-1, 1]
  RiskLabel risk;                 // of the event that happens to it
};

/// One text with all its labels from all files.
struct TrainingText {
  std::string text;
  std::int64_t sentiment = kNoLabel;  // index into sentiment_names()
  float score = 0.0F;                 // in [-1, 1], of the sentiment
  std::int64_t topic = kNoLabel;      // index into the run's topics
  RiskLabel risk;
  std::vector<EntityLabel> entities;
  std::string sentiment_source, topic_source, entity_source, risk_source;  // "" if it has no such label
  std::string unlabelled_source;                                           // "" if it has any label

  bool labelled() const { return unlabelled_source.empty(); }

  /// Whether its entities have different labels.
  bool conflicting() const;
};

/// The label of an item: of the text, or of its entity number `entity`.
std::int64_t label_of(const TrainingText& text, Task task, std::size_t entity = 0);
const std::string& source_of(const TrainingText& text, Task task);

/// positive, neutral, negative: the order of every probability triple.
std::span<const std::string_view> sentiment_names();

/// The files of a run, several per task.
struct CorpusFiles {
  /// A sentiment label is a name, which stands for the score 1, 0 or -1, or a score s, which stands for the
  /// probability |s| of its sign's class and 1 - |s| of neutral: it counts as positive above 1/2, as negative below
  /// -1/2.
  std::vector<std::string> sentiment;        // label = a sentiment, optionally topic, event and gravity
  std::vector<std::string> topic;            // topic in the column `topic`, else in `label`
  std::vector<std::string> entity;           // label = the sentiment towards entity, optionally event and gravity
  std::vector<std::string> unlabelled = {};  // only text, or with an entity to ask a teacher about
};

struct RawCorpus {
  std::vector<RawRow> sentiment, topic, entity, unlabelled;
  std::map<std::string, std::size_t> left_out;  // rows by their source
};
/// Rows of other sources than `sources` are left out; `sources` empty: none is.
RawCorpus read_files(const CorpusFiles& files, std::span<const std::string> sources, BadRows& bad);

/// The topics of the topic files in order of their slugs. A file may write a topic as name or as slug; the name is
/// kept.
std::vector<TopicName> topics_in(const RawCorpus& raw);

/// The risk events of all rows, sorted.
std::vector<std::string> events_in(const RawCorpus& raw);

struct Corpus {
  std::vector<TrainingText> texts;  // each text once, in order of first appearance, the unlabelled ones last
  std::size_t contradictions = 0;   // rows whose text already had another label for the task: the first one stays
};
/// What the labels of a run may be.
struct LabelNames {
  std::span<const TopicName> topics = {};    // empty: topic labels are ignored
  std::span<const std::string> events = {};  // empty: events and gravities are
};
/// Joins the rows of equal texts. A row with an unknown label is a bad row. Event and gravity are both empty where
/// nothing happens, and `?` where nobody has said.
Corpus join_texts(const RawCorpus& raw, const LabelNames& names, BadRows& bad);

}  // namespace tapewatch::model::train
