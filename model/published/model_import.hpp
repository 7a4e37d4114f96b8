#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/published/sentiment_labels.hpp"

namespace tapewatch::model {

struct ImportOptions {
  std::string name;                // of the model; empty: its folder's
  LabelOptions labels;             // what its classes mean
  std::optional<bool> lower_case;  // overrides tokenizer_config.json
  std::size_t max_tokens = 0;      // window, [CLS] and [SEP] included; 0: the longest text that the model takes
};

/// What was imported, for people.
struct ImportReport {
  std::string architecture, version;
  std::vector<std::string> labels;  // the model's own
  std::vector<Sentiment> meanings;  // of each
  std::size_t max_tokens = 0;
  std::size_t parameters = 0;
  std::vector<std::string> unused;  // tensors of the file that a classifier does not need
};

/// Makes a tapewatch model directory, `to`, from the directory of a published sequence classifier, `from`:
/// `config.json` (BertForSequenceClassification or DistilBertForSequenceClassification), `vocab.txt` or
/// `tokenizer.json`, `tokenizer_config.json`, `model.safetensors` (F32, F16, BF16). The model is loaded before anything
/// is written, and `to` appears complete or not at all. Throws ModelError that names the file, what was expected and
/// found, and the remedy if there is one.
///
/// An imported model has no topics and no entity head; its probabilities are those of the publisher's own library for
/// texts that fit the window (verified to 1e-4, tests/model/published/model_import_test.cpp).
ImportReport import_model(const std::filesystem::path& from, const std::filesystem::path& to,
                          const ImportOptions& options);

}  // namespace tapewatch::model
