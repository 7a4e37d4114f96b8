// Tested by tests/model/classifier_test.cpp
#include "model/reading.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

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
MentionedPieces pieces_of(std::span<const Token> tokens, const Mentions& mentions) {
  MentionedPieces ranges;
  for (const auto& mention : mentions) {
    if (const auto range = pieces_of(tokens, mention); range.size() > 0) ranges.push_back(range);
  }
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  MentionedPieces disjoint;
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
                      const WindowLimits& limits, const Vocabulary& vocabulary, TitleReading title) {
  const auto cuts = cut_windows(encoding.tokens, limits, vocabulary);
  const auto weights = window_weights(cuts);
  const std::size_t first_window = windows.size(), first_question = questions.size();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    windows.push_back({.text = text, .pieces = cuts[i], .weight = weights[i]});
  }
  for (std::size_t entity = 0; entity < entities.size(); ++entity) {
    ask(entity, pieces_of(encoding.tokens, entities[entity]), first_window);
  }
  std::sort(questions.begin() + static_cast<std::ptrdiff_t>(first_question), questions.end(),
            [](const auto& a, const auto& b) { return std::tie(a.window, a.entity) < std::tie(b.window, b.entity); });
  if (title.pieces == 0) return;
  for (std::size_t i = first_window; i < windows.size(); ++i) windows[i].weight *= 1 - title.weight;
  windows.push_back({.text = text, .pieces = {1, 1 + std::min(title.pieces, limits.pieces)}, .weight = title.weight});
}

/// The questions about one entity of the text whose windows begin at `first_window`.
void ReadingPlan::ask(std::size_t entity, std::span<const TokenRange> mentions, std::size_t first_window) {
  PerWindow<TokenRange> cuts;
  for (std::size_t i = first_window; i < windows.size(); ++i) cuts.push_back(windows[i].pieces);
  const auto read_in = [&](std::size_t window, TokenRange mention) {
    return TokenRange{std::max(mention.first, cuts[window].first), std::min(mention.last, cuts[window].last)};
  };
  std::size_t all = 0;
  for (const auto& mention : mentions) all += read_in(most_central(cuts, mention), mention).size();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    WindowQuestion question{
        .window = first_window + i, .entity = entity, .mentions = {}, .weight = windows[first_window + i].weight};
    std::size_t pieces = 0;
    for (const auto& mention : mentions) {
      if (most_central(cuts, mention) != i) continue;
      const TokenRange inside = read_in(i, mention);
      question.mentions.push_back({inside.first - cuts[i].first + 1, inside.last - cuts[i].first + 1});
      pieces += inside.size();
    }
    if (!mentions.empty() && pieces == 0) continue;
    if (!mentions.empty()) question.weight = static_cast<float>(pieces) / static_cast<float>(all);
    questions.push_back(std::move(question));
  }
}

}  // namespace tapewatch::model
