#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model {

/// The pieces of a WordPiece vocabulary and their ids (the line numbers of vocab.txt). Immutable, shared by threads.
class Vocabulary {
 public:
  static constexpr std::int32_t kNone = -1;

  /// One piece per line; `##` marks a continuation. The special pieces are BERT's [PAD] [UNK] [CLS] [SEP] or,
  /// if present, <pad> <s> </s>. Throws ModelError for an empty or repeated line and for a missing special
  /// piece.
  static Vocabulary parse(std::string_view vocab_txt);

  /// The id of a piece as it is written in the file (`##` included), or kNone.
  std::int32_t find(std::string_view piece) const;
  /// The same for a piece that begins a word, and for one that continues it (given without its `##`).
  std::int32_t find_start(std::string_view piece) const { return lookup(piece, kStart); }
  std::int32_t find_continuation(std::string_view piece) const { return lookup(piece, kContinuation); }

  std::size_t size() const { return offsets_.size() - 1; }
  /// The piece as written in the file; `id` must be below size().
  std::string_view piece(std::int32_t id) const;
  /// Bytes of the longest piece, without `##`: no longer candidate needs a look-up.
  std::size_t longest_piece() const { return longest_; }

  /// Whether the piece continues the word of the piece before it.
  bool is_continuation(std::int32_t id) const;

  std::int32_t pad() const { return pad_; }
  std::int32_t unknown() const { return unknown_; }
  std::int32_t cls() const { return cls_; }
  std::int32_t sep() const { return sep_; }

 private:
  enum Kind : std::uint64_t { kStart = 0, kContinuation = 1 };
  struct Slot {
    std::uint32_t tag = 0;  // high half of the hash: avoids nearly every string comparison
    std::int32_t id = kNone;
  };

  Vocabulary() = default;
  void add(std::string_view piece);
  void build_table();
  std::int32_t required(std::string_view piece, std::string_view otherwise) const;
  std::int32_t lookup(std::string_view piece, Kind kind) const;
  std::string_view body(std::int32_t id) const;  // without ##

  std::string bytes_;                   // all pieces, one after another
  std::vector<std::uint32_t> offsets_;  // size() + 1 of them
  std::vector<Slot> slots_;             // open addressing, a power of two, at most half full
  std::size_t longest_ = 0;
  std::int32_t pad_ = kNone, unknown_ = kNone, cls_ = kNone, sep_ = kNone;
};

}  // namespace tapewatch::model
