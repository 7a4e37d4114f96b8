#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/package/model_package.hpp"
#include "model/train/prune/prune_model.hpp"

namespace tapewatch::model::train {

struct VocabularyPruning {
  std::size_t min_count = 1;        // pieces that the corpora use at least so often stay
  std::optional<std::size_t> keep;  // of these the most frequent ones, so that this many stay in all, and those rescued
};

/// Which pieces stay, and why.
struct KeptPieces {
  std::vector<std::size_t> ids;  // ascending
  std::size_t required = 0;      // special pieces, single characters, what no single characters can spell
  std::size_t frequent = 0;      // used by the corpora
  std::size_t rescued = 0;       // without which a text would have had one more [UNK]
};

/// Chooses the pieces that stay: the special ones; all single characters and their ## forms, so that every word that
/// they spell is still read by the greedy longest match; pieces with a character that has no such form; those that
/// `corpus` uses. No text of `corpus` or `guarded` has more [UNK] than before: where one would, the pieces that its
/// words had are kept too. Throws ModelError where `keep` is fewer than have to stay.
KeptPieces choose_pieces(const ModelPackage& package, std::span<const std::string> corpus,
                         std::span<const std::string> guarded, const VocabularyPruning& options);

/// Cuts vocabulary and word table to `ids` (ascending); their order stays.
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
