// Tested by tests/train/data/corpus_test.cpp
#include "model/train/data/mentions.hpp"

#include <algorithm>
#include <numeric>

#include "config/notation/ascii.hpp"

namespace tapewatch::model::train {
namespace {

/// The places of the entities in order of their mentions; nothing if one is missing or two overlap.
std::optional<std::vector<std::size_t>> reading_order(const MentionedText& text) {
  std::vector<std::size_t> order(text.mentions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const auto& mention : text.mentions) {
    if (!mention) return std::nullopt;
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return text.mentions[a]->start < text.mentions[b]->start; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (text.mentions[order[i]]->start < text.mentions[order[i - 1]]->end) return std::nullopt;
  }
  return order;
}

std::size_t draw(std::size_t count, Random& random) {
  return static_cast<std::size_t>(uniform(random) * static_cast<double>(count));
}

}  // namespace

std::optional<Mention> find_mention(std::string_view text, std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (const auto at = text.find(name); at != std::string_view::npos) return Mention{at, at + name.size()};
  const auto found = std::search(text.begin(), text.end(), name.begin(), name.end(),
                                 [](char a, char b) { return notation::ascii_lower(a) == notation::ascii_lower(b); });
  if (found == text.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(found - text.begin());
  return Mention{at, at + name.size()};
}

MentionedText find_mentions(std::string text, std::span<const std::string_view> names) {
  MentionedText mentioned{.text = std::move(text)};
  for (const auto name : names) mentioned.mentions.push_back(find_mention(mentioned.text, name));
  return mentioned;
}

std::optional<MentionedText> swap_names(const MentionedText& text, std::span<const std::string> pool, Random& random) {
  const auto order = reading_order(text);
  if (!order || order->empty() || pool.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto entity : *order) {
    const auto& mention = *text.mentions[entity];
    names.push_back(text.text.substr(mention.start, mention.end - mention.start));
  }
  if (names.size() > 1 && uniform(random) < 0.5) {
    for (std::size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[draw(i, random)]);
  } else {
    for (auto& name : names) name = pool[draw(pool.size(), random)];
  }
  MentionedText swapped;
  swapped.mentions.resize(text.mentions.size());
  std::size_t done = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& mention = *text.mentions[(*order)[i]];
    swapped.text.append(text.text, done, mention.start - done);
    const auto start = swapped.text.size();
    swapped.text += names[i];
    swapped.mentions[(*order)[i]] = Mention{start, swapped.text.size()};
    done = mention.end;
  }
  swapped.text.append(text.text, done);
  return swapped;
}

}  // namespace tapewatch::model::train
