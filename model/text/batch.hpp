#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/text/tokenizer.hpp"

namespace tapewatch::model {

/// Tokens [first, last) of a text.
struct TokenRange {
  std::size_t first = 0, last = 0;
  std::size_t size() const { return last - first; }
  bool operator==(const TokenRange&) const = default;
};

/// Texts one after another, each with its own length: no padding, so no work for it and nothing that could leak between
/// texts. Text t is the ids [starts[t], starts[t + 1]).
struct Batch {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts{0};

  std::size_t texts() const { return starts.size() - 1; }
  std::size_t tokens() const { return ids.size(); }
  std::size_t length(std::size_t text) const { return starts[text + 1] - starts[text]; }

  void clear();
  void add(std::span<const Token> tokens);
  /// A part of an encoding as a separate text: its first token ([CLS]), `pieces`, its last one ([SEP]).
  void add(std::span<const Token> tokens, TokenRange pieces);
};

}  // namespace tapewatch::model
