#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "model/text/unicode.hpp"

namespace tapewatch::model {

/// A published model's WordPiece tokenizer.
struct PublishedTokenizer {
  std::string vocab_txt;       // one piece a line
  std::size_t pieces = 0;      // lines of it
  Folding folding;             // what the tokenizer does not tell apart
  std::size_t max_tokens = 0;  // longest text that it gives the model; 0: it does not say
};

/// Reads `vocab.txt` (or, where there is none, the vocabulary of `tokenizer.json`) and case and accents from
/// `tokenizer_config.json` (or `tokenizer.json`). `lower_case`, where it is given, goes before both files; without it
/// and without the files the text becomes lower case, as the publishers' library has it, unless the vocabulary has
/// capitals: then it must be said. A tokenizer that is not BERT's is refused: throws ModelError that names the file,
/// the key, what was expected and what was found.
PublishedTokenizer read_published_tokenizer(const std::filesystem::path& folder, std::optional<bool> lower_case);

}  // namespace tapewatch::model
