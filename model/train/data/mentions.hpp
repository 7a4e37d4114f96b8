#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/train/data/training_text.hpp"

namespace tapewatch::model::train {

/// Bytes [start, end) of a text.
struct Mention {
  std::size_t start = 0, end = 0;
  bool operator==(const Mention&) const = default;
};

/// The first occurrence of the name, as written, else ignoring ASCII case; nothing if there is none.
std::optional<Mention> find_mention(std::string_view text, std::string_view name);

/// A text with the mention of each of its entities, in the entities' order.
struct MentionedText {
  std::string text;
  std::vector<std::optional<Mention>> mentions;
};
MentionedText find_mentions(std::string text, std::span<const std::string_view> names);

/// The text with other names in the places of its entities, so that a label is learned from the context and not from
/// the name: names drawn from `pool`, or, with several entities half of the time, their own names shuffled. Labels stay
/// with their places. Nothing if a mention is missing or two overlap.
std::optional<MentionedText> swap_names(const MentionedText& text, std::span<const std::string> pool, Random& random);

}  // namespace tapewatch::model::train
