#include "model/train/prune/prune_vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>

#include "config/notation/utf8.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kWholeText = std::size_t{1} << 31;  // tokens; no text is truncated while pieces are counted
constexpr std::string_view kMasks[] = {"[MASK]", "<mask>"};

/// The vocabulary with only these pieces.
Vocabulary subset(const Vocabulary& whole, const std::set<std::size_t>& ids) {
  std::string lines;
  for (const auto id : ids) lines.append(whole.piece(static_cast<std::int32_t>(id))).push_back('\n');
  return Vocabulary::parse(lines);
}

std::string_view body(const Vocabulary& vocabulary, std::int32_t id) {
  const auto piece = vocabulary.piece(id);
  return vocabulary.is_continuation(id) ? piece.substr(2) : piece;
}

/// Whether the piece is one character, or contains one that the vocabulary cannot spell as a single piece.
bool is_required(const Vocabulary& vocabulary, std::int32_t id) {
  const auto text = body(vocabulary, id);
  bool continues = vocabulary.is_continuation(id);
  for (std::size_t at = 0; at < text.size();) {
    const auto length = notation::decode_utf8(text, at).length;
    if (length == text.size()) return true;
    const auto character = text.substr(at, length);
    const auto single = continues ? vocabulary.find_continuation(character) : vocabulary.find_start(character);
    if (single == Vocabulary::kNone) return true;
    continues = true;
    at += length;
  }
  return false;
}

std::set<std::size_t> required_pieces(const Vocabulary& vocabulary) {
  std::set<std::size_t> ids;
  for (const auto id : {vocabulary.pad(), vocabulary.unknown(), vocabulary.cls(), vocabulary.sep()}) {
    ids.insert(static_cast<std::size_t>(id));
  }
  for (const auto mask : kMasks) {
    if (const auto id = vocabulary.find(mask); id != Vocabulary::kNone) ids.insert(static_cast<std::size_t>(id));
  }
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(vocabulary.size()); ++id) {
    if (is_required(vocabulary, id)) ids.insert(static_cast<std::size_t>(id));
  }
  return ids;
}

std::size_t unknowns(const Encoding& encoding, const Vocabulary& vocabulary) {
  return static_cast<std::size_t>(std::count_if(encoding.tokens.begin(), encoding.tokens.end(),
                                                [&](const Token& token) { return token.id == vocabulary.unknown(); }));
}

/// The most frequent first; of equals the one that comes first in the vocabulary.
std::vector<std::size_t> by_frequency(const std::vector<std::size_t>& counts) {
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
  return order;
}

/// Adds to `ids` the pieces of texts that would have more [UNK] than before; returns their number. With all pieces of a
/// word the longest match finds them, but another word's may get longer: until nothing changes.
std::size_t rescue(const ModelPackage& package, std::span<const std::string> texts, std::set<std::size_t>& ids) {
  const auto& whole = package.vocabulary();
  const std::size_t before = ids.size();
  for (bool changed = true; changed;) {
    changed = false;
    const auto cut = subset(whole, ids);
    const Tokenizer tokenizer(cut, package.config().folding);
    for (const auto& text : texts) {
      const auto as_before = package.tokenizer().encode(text, kWholeText);
      const auto now = tokenizer.encode(text, kWholeText);
      if (unknowns(now, cut) <= unknowns(as_before, whole)) continue;
      for (const auto& token : as_before.tokens) changed |= ids.insert(static_cast<std::size_t>(token.id)).second;
    }
  }
  return ids.size() - before;
}

}  // namespace

std::vector<std::size_t> count_pieces(const Tokenizer& tokenizer, std::size_t pieces,
                                      std::span<const std::string> texts) {
  std::vector<std::size_t> counts(pieces);
  for (const auto& text : texts) {
    for (const auto& token : tokenizer.encode(text, kWholeText).tokens) ++counts[static_cast<std::size_t>(token.id)];
  }
  return counts;
}

KeptPieces choose_pieces(const ModelPackage& package, std::span<const std::string> corpus,
                         std::span<const std::string> guarded, const VocabularyPruning& options) {
  const auto& vocabulary = package.vocabulary();
  const auto counts = count_pieces(package.tokenizer(), vocabulary.size(), corpus);
  auto ids = required_pieces(vocabulary);
  KeptPieces kept;
  kept.required = ids.size();
  if (options.keep && *options.keep < ids.size()) {
    throw ModelError(
        fmt::format("--keep: expected at least the {} pieces that have to stay (special ones and single "
                    "characters), found {}",
                    ids.size(), *options.keep));
  }
  for (const auto id : by_frequency(counts)) {
    if (counts[id] < std::max<std::size_t>(options.min_count, 1) || (options.keep && ids.size() >= *options.keep)) {
      break;
    }
    ids.insert(id);
  }
  kept.frequent = ids.size() - kept.required;
  for (std::size_t added = 1; added > 0;) {  // until no text of either set is worse
    added = rescue(package, corpus, ids);
    added += rescue(package, guarded, ids);
    kept.rescued += added;
  }
  kept.ids.assign(ids.begin(), ids.end());
  return kept;
}

void keep_pieces(PrunableModel& model, const std::vector<std::size_t>& ids) {
  std::vector<std::string> pieces;
  for (const auto id : ids) pieces.push_back(model.pieces[id]);
  model.pieces = std::move(pieces);
  model.tensor("embeddings.word_embeddings.weight").keep_rows(ids);
  model.config["vocab_size"] = ids.size();
}

TokenisationChange compare_tokenisation(const ModelPackage& before, const ModelPackage& after,
                                        std::span<const std::string> texts) {
  TokenisationChange change{.texts = texts.size()};
  for (const auto& text : texts) {
    const auto first = before.tokenizer().encode(text, kWholeText), second = after.tokenizer().encode(text, kWholeText);
    change.pieces_before += first.tokens.size();
    change.pieces_after += second.tokens.size();
    const bool same = std::equal(first.tokens.begin(), first.tokens.end(), second.tokens.begin(), second.tokens.end(),
                                 [&](const Token& a, const Token& b) {
                                   return before.vocabulary().piece(a.id) == after.vocabulary().piece(b.id);
                                 });
    change.different += same ? 0 : 1;
    change.more_unknown += unknowns(second, after.vocabulary()) > unknowns(first, before.vocabulary()) ? 1 : 0;
  }
  return change;
}

}  // namespace tapewatch::model::train
