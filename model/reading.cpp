// Tested by tests/model/classifier_test.cpp
#include "model/reading.hpp"

#include <algorithm>

namespace tapewatch::model {
namespace {

/// The pieces that overlap `span`. Pieces are in the order of the text, so they are neighbours. [CLS] and [SEP] are not
/// part of the text and are ignored.
TokenRange pieces_of(std::span<const Token> tokens, ByteSpan span) {
  const auto pieces = tokens.subspan(1, tokens.size() - 2);
  const auto first =
      std::partition_point(pieces.begin(), pieces.end(), [&](const Token& token) { return token.end <= span.start; });
  const auto last =
      std::partition_point(first, pieces.end(), [&](const Token& token) { return token.start < span.end; });
  return {static_cast<std::size_t>(first - pieces.begin()) + 1, static_cast<std::size_t>(last - pieces.begin()) + 1};
}

/// The pieces of all mentions, each piece once.
std::vector<TokenRange> pieces_of(std::span<const Token> tokens, const Mentions& mentions) {
  std::vector<TokenRange> ranges;
  for (const auto& mention : mentions) {
    if (const auto range = pieces_of(tokens, mention); range.size() > 0) ranges.push_back(range);
  }
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<TokenRange> disjoint;
  for (const auto& range : ranges) {
    if (!disjoint.empty() && range.first <= disjoint.back().last) {
      disjoint.back().last = std::max(disjoint.back().last, range.last);
    } else {
      disjoint.push_back(range);
    }
  }
  return disjoint;
}

}  // namespace

void remove_pieces(Encoding& encoding, std::span<const ByteSpan> spans) {
  std::erase_if(encoding.tokens, [&](const Token& token) {
    const auto next =
        std::partition_point(spans.begin(), spans.end(), [&](const ByteSpan& span) { return span.end <= token.start; });
    return token.start < token.end && next != spans.end() && next->start < token.end;
  });
}

void ReadingPlan::clear() {
  windows.clear();
  questions.clear();
}

void ReadingPlan::add(std::size_t text, const Encoding& encoding, std::span<const Mentions> entities,
                      const WindowLimits& limits, const Vocabulary& vocabulary) {
  const auto cuts = cut_windows(encoding.tokens, limits, vocabulary);
  const auto weights = window_weights(cuts);
  const std::size_t first_window = windows.size(), first_question = questions.size();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    windows.push_back({.text = text, .pieces = cuts[i], .weight = weights[i]});
  }
  for (std::size_t entity = 0; entity < entities.size(); ++entity) {
    ask(entity, pieces_of(encoding.tokens, entities[entity]), first_window);
  }
  std::stable_sort(questions.begin() + static_cast<std::ptrdiff_t>(first_question), questions.end(),
                   [](const auto& a, const auto& b) { return a.window < b.window; });
}

/// The questions about one entity of the text whose windows begin at `first_window`.
void ReadingPlan::ask(std::size_t entity, std::span<const TokenRange> mentions, std::size_t first_window) {
  std::vector<TokenRange> cuts;
  for (std::size_t i = first_window; i < windows.size(); ++i) cuts.push_back(windows[i].pieces);
  if (mentions.empty()) {
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      questions.push_back(
          {.window = first_window + i, .entity = entity, .mentions = {}, .weight = windows[first_window + i].weight});
    }
    return;
  }
  std::vector<std::vector<TokenRange>> read(cuts.size());  // in each window, as its tokens
  std::vector<std::size_t> pieces(cuts.size());
  std::size_t all = 0;
  for (const auto& mention : mentions) {
    const std::size_t i = most_central(cuts, mention);
    const TokenRange inside{std::max(mention.first, cuts[i].first), std::min(mention.last, cuts[i].last)};
    read[i].push_back({inside.first - cuts[i].first + 1, inside.last - cuts[i].first + 1});
    pieces[i] += inside.size();
    all += inside.size();
  }
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    if (pieces[i] == 0) continue;
    questions.push_back({.window = first_window + i,
                         .entity = entity,
                         .mentions = std::move(read[i]),
                         .weight = static_cast<float>(pieces[i]) / static_cast<float>(all)});
  }
}

}  // namespace tapewatch::model
