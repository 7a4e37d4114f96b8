#pragma once
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "model/train/learn/trainer.hpp"
#include "tests/train/tiny_encoder.hpp"

namespace tapewatch::model::train {

inline const std::vector<std::pair<const char*, const char*>> kSentiment{{"positive", "bank profit rises"},
                                                                         {"positive", "record profit at oil group"},
                                                                         {"positive", "shares rises on gold"},
                                                                         {"positive", "profit rises again"},
                                                                         {"neutral", "oil flat"},
                                                                         {"neutral", "gold unchanged"},
                                                                         {"neutral", "bank shares unchanged"},
                                                                         {"neutral", "flat day for oil shares"},
                                                                         {"negative", "bank loss"},
                                                                         {"negative", "shares falls on loss"},
                                                                         {"negative", "record loss at oil group"},
                                                                         {"negative", "gold falls"}};
inline const std::vector<std::pair<const char*, const char*>> kTopic{{"Energy | Oil", "oil rises"},
                                                                     {"Energy | Oil", "oil flat again"},
                                                                     {"Gold | Metals", "gold unchanged"},
                                                                     {"Gold | Metals", "record day for gold"}};

/// Pairs of sentences, good for one of two names and bad for the other, in either order.
inline const std::vector<std::pair<const char*, const char*>> kEntities{
    {"positive\tbank", "bank rises while oil falls"},
    {"negative\toil", "bank rises while oil falls"},
    {"negative\tbank", "bank falls while oil rises"},
    {"positive\toil", "bank falls while oil rises"},
    {"positive\tgold", "gold rises while bank falls"},
    {"negative\tbank", "gold rises while bank falls"},
    {"neutral\tgold", "gold unchanged"},
    {"neutral\tbank", "bank shares unchanged"}};

inline std::string tsv(const std::vector<std::pair<const char*, const char*>>& rows, const std::string& source) {
  std::string text = "label\tsource\ttext\n";
  for (const auto& [label, words] : rows) text += std::string(label) + "\t" + source + "\t" + words + "\n";
  return text;
}

inline std::string entity_tsv() {
  std::string text = "label\tentity\tsource\ttext\n";
  for (const auto& [label, words] : kEntities) text += std::string(label) + "\tsentfin\t" + words + "\n";
  return text;
}

inline std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A tiny encoder and a dozen labelled sentences on disk, enough for a run of a second.
struct Workshop {
  TemporaryFolder folder;

  Workshop() {
    write_tiny_encoder(folder.path() / "encoder");
    write_text(folder / "sentiment.tsv", tsv(kSentiment, "sentfin"));
    write_text(folder / "topic.tsv", tsv(kTopic, "tfn_topic"));
    write_text(folder / "entity.tsv", entity_tsv());
  }

  TrainOptions options(const std::string& out) const {
    TrainOptions options;
    options.encoder = folder / "encoder";
    options.train.sentiment = options.valid.sentiment = {folder / "sentiment.tsv"};
    options.train.topic = options.valid.topic = {folder / "topic.tsv"};
    options.out = folder / out;
    options.epochs = 3;
    options.batch = 4;
    options.max_tokens = options.run_max_tokens = 24;
    options.lr_encoder = 2e-3;
    options.lr_heads = 1e-2;
    options.checkpoint_every = 3;
    options.log_every = 2;
    options.entity_heads = 4;
    return options;
  }

  /// With the entity rows, too.
  TrainOptions all_tasks(const std::string& out) const {
    auto all = options(out);
    all.train.entity = all.valid.entity = {folder / "entity.tsv"};
    return all;
  }
};

inline const RunOutput ignore{.line = [](const std::string&) {}};

}  // namespace tapewatch::model::train
