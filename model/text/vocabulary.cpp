#include "model/text/vocabulary.hpp"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "model/package/model_error.hpp"

namespace tapewatch::model {
namespace {

constexpr std::string_view kPrefix = "##";

// `##` alone is an ordinary piece: a continuation has at least one character.
bool has_prefix(std::string_view piece) { return piece.size() > kPrefix.size() && piece.starts_with(kPrefix); }

std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

}  // namespace

Vocabulary Vocabulary::parse(std::string_view vocab_txt) {
  Vocabulary vocabulary;
  vocabulary.offsets_.push_back(0);
  while (!vocab_txt.empty()) {
    const auto end = vocab_txt.find('\n');
    auto line = vocab_txt.substr(0, end);
    vocab_txt.remove_prefix(end == std::string_view::npos ? vocab_txt.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    vocabulary.add(line);
  }
  vocabulary.build_table();
  // MPNet's vocabulary has its own names beside BERT's, which mean nothing in it but [UNK].
  vocabulary.pad_ = vocabulary.required("<pad>", "[PAD]");
  vocabulary.unknown_ = vocabulary.required("[UNK]", "<unk>");
  vocabulary.cls_ = vocabulary.required("<s>", "[CLS]");
  vocabulary.sep_ = vocabulary.required("</s>", "[SEP]");
  return vocabulary;
}

void Vocabulary::add(std::string_view piece) {
  if (piece.empty()) {
    throw ModelError(fmt::format("vocab.txt line {}: expected a piece, found an empty line", offsets_.size()));
  }
  bytes_ += piece;
  offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

void Vocabulary::build_table() {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(size() * 2, 2)), Slot{});
  const auto mask = slots_.size() - 1;
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(size()); ++id) {
    const auto kind = is_continuation(id) ? kContinuation : kStart;
    if (const auto first = lookup(body(id), kind); first != kNone) {
      throw ModelError(fmt::format("vocab.txt line {}: \"{}\" is already on line {}", id + 1, piece(id), first + 1));
    }
    const auto code = hash(body(id), kind);
    auto at = code & mask;
    while (slots_[at].id != kNone) at = (at + 1) & mask;
    slots_[at] = {static_cast<std::uint32_t>(code >> 32), id};
    longest_ = std::max(longest_, body(id).size());
  }
}

std::int32_t Vocabulary::required(std::string_view piece, std::string_view otherwise) const {
  for (const auto name : {piece, otherwise}) {
    if (const auto id = find(name); id != kNone) return id;
  }
  throw ModelError(
      fmt::format("vocab.txt: expected the piece {} or {} among {} lines, found none", piece, otherwise, size()));
}

std::int32_t Vocabulary::lookup(std::string_view piece, Kind kind) const {
  const auto code = hash(piece, kind);
  const auto tag = static_cast<std::uint32_t>(code >> 32);
  const auto mask = slots_.size() - 1;
  for (auto at = code & mask; slots_[at].id != kNone; at = (at + 1) & mask) {
    const auto id = slots_[at].id;
    if (slots_[at].tag == tag && body(id) == piece && is_continuation(id) == (kind == kContinuation)) return id;
  }
  return kNone;
}

std::int32_t Vocabulary::find(std::string_view piece) const {
  return has_prefix(piece) ? find_continuation(piece.substr(kPrefix.size())) : find_start(piece);
}

std::string_view Vocabulary::piece(std::int32_t id) const {
  const auto at = static_cast<std::size_t>(id);
  return std::string_view(bytes_).substr(offsets_[at], offsets_[at + 1] - offsets_[at]);
}

std::string_view Vocabulary::body(std::int32_t id) const {
  const auto whole = piece(id);
  return has_prefix(whole) ? whole.substr(kPrefix.size()) : whole;
}

bool Vocabulary::is_continuation(std::int32_t id) const { return has_prefix(piece(id)); }

}  // namespace tapewatch::model
