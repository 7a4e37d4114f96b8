#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/package/model_config.hpp"

namespace tapewatch::model {

/// Classifiers of the usual published layout that can be imported.
enum class PublishedFamily { bert, distilbert };

/// `config.json` of a published sequence classifier.
struct PublishedConfig {
  PublishedFamily family = PublishedFamily::bert;
  std::string architecture;         // BertForSequenceClassification, …
  EncoderShape shape;               // vocab_size: rows of the word table, possibly more than pieces
  std::size_t token_types = 2;      // 0 if the family has none
  std::vector<std::string> labels;  // id2label, by output; empty: the file names none
};

/// Reads BertForSequenceClassification and DistilBertForSequenceClassification. Refuses anything that computes
/// differently from these models (another activation, relative positions, a decoder, a regression, pruned heads):
/// throws ModelError that begins with `origin` and names the key, what was expected, what was found and the remedy.
PublishedConfig parse_published_config(std::string_view config_json, std::string_view origin);

}  // namespace tapewatch::model
