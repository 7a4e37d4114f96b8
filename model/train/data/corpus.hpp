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

enum class Task { sentiment, topic, entity };
inline constexpr std::size_t kTasks = 3;
inline constexpr Task kAllTasks[kTasks] = {Task::sentiment, Task::topic, Task::entity};
std::string_view to_string(Task task);

struct EntityLabel {
  std::string name;
  std::int64_t label = kNoLabel;  // index into sentiment_names(); none for an unlabelled text
  float score = 0.0F;             // in [-1, 1]
};

/// One text with all its labels from all files.
struct TrainingText {
  std::string text;
  std::int64_t sentiment = kNoLabel;  // index into sentiment_names()
  float score = 0.0F;                 // in [-1, 1], of the sentiment
  std::int64_t topic = kNoLabel;      // index into the run's topics
  std::vector<EntityLabel> entities;
  std::string sentiment_source, topic_source, entity_source;  // "" if it has no such label
  std::string unlabelled_source;                              // "" if it has any label

  bool labelled() const { return unlabelled_source.empty(); }

  /// Whether its entities have different labels.
  bool conflicting() const;
};

/// positive, neutral, negative: the order of every probability triple.
std::span<const std::string_view> sentiment_names();

/// The files of a run, several per task.
struct CorpusFiles {
  /// A sentiment label is a name, which stands for the score 1, 0 or -1, or a score s, which stands for the
  /// probability |s| of its sign's class and 1 - |s| of neutral: it counts as positive above 1/2, as negative below
  /// -1/2.
  std::vector<std::string> sentiment;        // label = a sentiment, optionally topic
  std::vector<std::string> topic;            // topic in the column `topic`, else in `label`
  std::vector<std::string> entity;           // label = the sentiment towards entity
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

struct Corpus {
  std::vector<TrainingText> texts;  // each text once, in order of first appearance, the unlabelled ones last
  std::size_t contradictions = 0;   // rows whose text already had another label for the task: the first one stays
};
/// Joins the rows of equal texts. `topics` empty: topic labels are ignored. A row with an unknown label is a bad
/// row.
Corpus join_texts(const RawCorpus& raw, std::span<const TopicName> topics, BadRows& bad);

}  // namespace tapewatch::model::train
