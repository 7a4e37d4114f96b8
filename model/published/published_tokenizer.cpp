// Tested by tests/model/published/model_import_test.cpp
#include "model/published/published_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <string_view>
#include <vector>

#include "model/package/file_bytes.hpp"
#include "model/package/json_section.hpp"
#include "model/package/model_error.hpp"
#include "model/text/vocabulary.hpp"

namespace tapewatch::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPieces = 1U << 22;
constexpr std::size_t kPublishedWordCharacters = 100;  // as in tokenizer.cpp and in every published BERT
constexpr std::string_view kNoVocabulary =
    "expected vocab.txt or tokenizer.json, found neither; the publishers' library writes one: "
    "AutoTokenizer.from_pretrained(MODEL).save_pretrained(DIR)";

/// The result of `read` for a JSON file of the folder, false if it is missing. Exceptions begin with the file name.
template <class Read>
bool with_json(const fs::path& path, Read read) {
  if (!fs::exists(path)) return false;
  const FileBytes file(path);
  try {
    const auto object = parse_json_object(file.text());
    return read(JsonSection(object, ""));
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

void only_true(const JsonSection& root, std::string_view key) {
  if (!root.boolean(key, true)) refuse(root.path(key), "true", "false");
}

/// Lower case and accents as given by a file: accents follow the case unless it says otherwise.
void read_folding(const JsonSection& root, std::string_view lower_case, Folding& folding) {
  folding.lower_case = root.boolean(lower_case, folding.lower_case);
  folding.strip_accents = root.boolean("strip_accents", folding.lower_case);
}

// The pieces by their numbers, the lines of vocab.txt.
std::string read_pieces(const JsonSection& model) {
  if (const auto type = model.text("type"); type != "WordPiece") refuse(model.path("type"), "WordPiece", type);
  if (const auto prefix = model.text_or("continuing_subword_prefix", "##"); prefix != "##") {
    refuse(model.path("continuing_subword_prefix"), "##", prefix);
  }
  if (model.has("max_input_chars_per_word")) {
    model.size("max_input_chars_per_word", kPublishedWordCharacters, kPublishedWordCharacters);
  }
  const auto vocabulary = model.section("vocab");
  const auto count = vocabulary.object().size();
  if (count > kMaxPieces) {
    refuse(model.path("vocab"), fmt::format("at most {} pieces", kMaxPieces), fmt::to_string(count));
  }
  std::vector<std::string_view> pieces(count);
  for (const auto& [piece, id] : vocabulary.object()) {
    const auto at = vocabulary.size(piece, 0, count - 1);
    if (!pieces[at].empty()) {
      refuse(vocabulary.path(piece), "a unique number", fmt::format("{}, which \"{}\" has", at, pieces[at]));
    }
    pieces[at] = piece;
  }
  std::string lines;
  for (const auto piece : pieces) lines.append(piece).push_back('\n');
  return lines;
}

/// Reads what tokenizer.json has beside the pieces. Returns whether it defines the handling of case.
bool read_normalizer(const JsonSection& root, Folding& folding) {
  if (!root.has("normalizer")) return false;
  const auto normalizer = root.section("normalizer");
  if (const auto type = normalizer.text("type"); type != "BertNormalizer") {
    refuse(normalizer.path("type"), "BertNormalizer", type);
  }
  only_true(normalizer, "clean_text");
  only_true(normalizer, "handle_chinese_chars");
  read_folding(normalizer, "lowercase", folding);
  return true;
}

/// Reads tokenizer_config.json. Returns whether it defines the handling of case.
bool read_config(const JsonSection& root, PublishedTokenizer& tokenizer) {
  if (root.has("tokenizer_class")) {
    const auto found = root.text("tokenizer_class");
    constexpr std::string_view kKnown[] = {"BertTokenizer",           "BertTokenizerFast",       "DistilBertTokenizer",
                                           "DistilBertTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend"};
    if (std::find(std::begin(kKnown), std::end(kKnown), found) == std::end(kKnown)) {
      refuse("tokenizer_class", "BertTokenizer or DistilBertTokenizer", found);
    }
  }
  only_true(root, "do_basic_tokenize");
  only_true(root, "tokenize_chinese_chars");
  if (root.has("do_lower_case") || root.has("strip_accents")) read_folding(root, "do_lower_case", tokenizer.folding);
  // Without a limit the file has a number of thirty digits.
  if (const auto* limit = root.object().if_contains("model_max_length"); limit && limit->is_int64()) {
    tokenizer.max_tokens = root.size("model_max_length", 3, std::numeric_limits<std::int64_t>::max());
  }
  return root.has("do_lower_case");
}

/// A piece with a capital, except the special ones in brackets; empty if there is none.
std::string_view piece_with_capital(const Vocabulary& vocabulary) {
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(vocabulary.size()); ++id) {
    const auto piece = vocabulary.piece(id);
    if (piece.starts_with('[') && piece.ends_with(']')) continue;
    if (std::any_of(piece.begin(), piece.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return piece;
  }
  return {};
}

/// The special pieces must be BERT's: a vocabulary with further ones is read differently.
void check_special(const Vocabulary& vocabulary, const std::string& path) {
  for (const auto& [id, name] : {std::pair(vocabulary.pad(), "[PAD]"), std::pair(vocabulary.unknown(), "[UNK]"),
                                 std::pair(vocabulary.cls(), "[CLS]"), std::pair(vocabulary.sep(), "[SEP]")}) {
    if (vocabulary.piece(id) != name) refuse(path, fmt::format("the special piece {}", name), vocabulary.piece(id));
  }
}

}  // namespace

PublishedTokenizer read_published_tokenizer(const fs::path& folder, std::optional<bool> lower_case) {
  PublishedTokenizer tokenizer;
  auto vocabulary_path = folder / "vocab.txt";
  const bool has_lines = fs::exists(vocabulary_path);
  if (has_lines) tokenizer.vocab_txt = FileBytes(vocabulary_path).text();
  const auto json_path = folder / "tokenizer.json";
  if (!has_lines && !fs::exists(json_path)) throw ModelError(fmt::format("{}: {}", folder.string(), kNoVocabulary));
  bool says_case = with_json(json_path, [&](const JsonSection& root) {
    if (!has_lines) tokenizer.vocab_txt = read_pieces(root.section("model"));
    return read_normalizer(root, tokenizer.folding);
  });
  if (!has_lines) vocabulary_path = json_path;
  says_case |= with_json(folder / "tokenizer_config.json",
                         [&](const JsonSection& root) { return read_config(root, tokenizer); });
  try {
    const auto vocabulary = Vocabulary::parse(tokenizer.vocab_txt);
    tokenizer.pieces = vocabulary.size();
    check_special(vocabulary, "vocabulary");
    const auto capital = piece_with_capital(vocabulary);
    if (lower_case) {
      tokenizer.folding = {.lower_case = *lower_case, .strip_accents = *lower_case};
    } else if (!says_case && !capital.empty()) {
      throw ModelError(
          fmt::format("the vocabulary has capitals (\"{}\"), and there is no tokenizer_config.json that "
                      "says whether case matters: add --cased or --uncased",
                      capital));
    }
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", vocabulary_path.string(), error.what()));
  }
  return tokenizer;
}

}  // namespace tapewatch::model
