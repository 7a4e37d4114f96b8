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
  Folding folding;             // the differences that the tokenizer ignores
  std::size_t max_tokens = 0;  // longest text that it gives the model; 0: unknown
};

/// Reads `vocab.txt` (or, where there is none, the vocabulary of `tokenizer.json`) and case and accents from
/// `tokenizer_config.json` (or `tokenizer.json`). `lower_case`, if given, overrides both files; without it and without
/// the files the text becomes lower case, as in the publishers' library, unless the vocabulary has capitals: then it is
/// required. A tokenizer that is not BERT's is refused: throws ModelError that names the file, the key, what was
/// expected and what was found.
PublishedTokenizer read_published_tokenizer(const std::filesystem::path& folder, std::optional<bool> lower_case);

}  // namespace tapewatch::model
