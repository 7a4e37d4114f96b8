#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/package/model_package.hpp"
#include "model/train/prune/prune_model.hpp"

namespace tapewatch::model::train {

/// How often the texts, read to their end, use each of the vocabulary's `pieces`.
std::vector<std::size_t> count_pieces(const Tokenizer& tokenizer, std::size_t pieces,
                                      std::span<const std::string> texts);

struct VocabularyPruning {
  std::size_t min_count = 1;        // pieces that the corpora use at least this often stay
  std::optional<std::size_t> keep;  // the most frequent of these, up to this total, plus the rescued ones
};

/// Which pieces stay, and why.
struct KeptPieces {
  std::vector<std::size_t> ids;  // ascending
  std::size_t required = 0;      // special pieces, single characters, pieces that single characters cannot spell
  std::size_t frequent = 0;      // used by the corpora
  std::size_t rescued = 0;       // without which a text would have had one more [UNK]
};

/// Chooses the pieces that stay: the special ones; all single characters and their ## forms, so that the greedy longest
/// match still reads every word they spell; pieces with a character without such a form; those that `corpus` uses. No
/// text of `corpus` or `guarded` has more [UNK] than before: if one would, the pieces of its words are kept too. Throws
/// ModelError if `keep` is fewer than must stay.
KeptPieces choose_pieces(const ModelPackage& package, std::span<const std::string> corpus,
                         std::span<const std::string> guarded, const VocabularyPruning& options);

/// Reduces vocabulary and word table to `ids` (ascending); their order stays.
void keep_pieces(PrunableModel& model, const std::vector<std::size_t>& ids);

/// How texts are read before and after.
struct TokenisationChange {
  std::size_t texts = 0, different = 0;  // pieces differ
  std::size_t more_unknown = 0;          // texts with more [UNK] than before
  std::size_t pieces_before = 0, pieces_after = 0;
};
TokenisationChange compare_tokenisation(const ModelPackage& before, const ModelPackage& after,
                                        std::span<const std::string> texts);

}  // namespace tapewatch::model::train
