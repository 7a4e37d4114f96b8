#include "model/explanation.hpp"

#include <algorithm>
#include <cmath>

namespace tapewatch::model {
namespace {

/// Punctuation around words that is not part of them. As single pieces: UTF-8 of the typographic quotes too.
bool is_loose(std::string_view piece) {
  constexpr std::string_view kLoose[] = {",", ".", ";", ":", "!", "?", "'", "\"", "(", ")", "[",
                                         "]", "{", "}", "“", "”", "‘", "’", "…",  "«", "»"};
  return std::find(std::begin(kLoose), std::end(kLoose), piece) != std::end(kLoose);
}

/// Neighbouring words [first, last) that are removed together.
struct Group {
  std::size_t first = 0, last = 0;
  double effect = 0;       // drop of the label's probability without them
  double risk_effect = 0;  // of the risk event's

  std::size_t size() const { return last - first; }
  double telling() const { return std::max(std::abs(effect), std::abs(risk_effect)); }
};

/// Measures groups of words of one text.
class Occlusion {
 public:
  Occlusion(TextClassifier& classifier, const TextInput& complete, std::span<const ByteSpan> words,
            const Explanation& whole)
      : classifier_(classifier), complete_(complete), words_(words), whole_(whole) {}

  /// Sets the effects, all groups in one call of the classifier.
  void measure(std::span<Group> groups) {
    std::vector<TextInput> inputs;
    for (const auto& group : groups) {
      inputs.push_back(complete_);
      inputs.back().removed = words_.subspan(group.first, group.size());
    }
    const auto predictions = classifier_.classify(inputs);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      groups[i].effect =
          static_cast<double>(whole_.probability) - predictions[i].sentiment[static_cast<std::size_t>(whole_.label)];
      if (const auto event = whole_.risk.event()) {
        groups[i].risk_effect =
            static_cast<double>(whole_.risk.events[*event + 1]) - predictions[i].risk.events[*event + 1];
      }
    }
    scored_ += groups.size();
  }

  std::size_t scored() const { return scored_; }

 private:
  TextClassifier& classifier_;
  const TextInput complete_;
  std::span<const ByteSpan> words_;
  const Explanation& whole_;
  std::size_t scored_ = 0;
};

std::vector<Group> even_groups(std::size_t words, std::size_t count) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < count; ++i) groups.push_back({words * i / count, words * (i + 1) / count});
  return groups;
}

/// The group of several words with the largest effect per word, or end().
std::vector<Group>::iterator most_telling(std::vector<Group>& groups) {
  auto best = groups.end();
  for (auto group = groups.begin(); group != groups.end(); ++group) {
    if (group->size() < 2) continue;
    if (best == groups.end() || group->telling() > best->telling()) best = group;
  }
  return best;
}

}  // namespace

std::vector<ByteSpan> words_of(std::string_view text, std::span<const Token> tokens) {
  const auto pieces = tokens.subspan(1, tokens.size() - 2);
  const auto loose = [&](const Token& piece) { return is_loose(text.substr(piece.start, piece.end - piece.start)); };
  std::vector<ByteSpan> words;
  for (std::size_t i = 0; i < pieces.size();) {
    std::size_t first = i, last = ++i;
    while (i < pieces.size() && pieces[i].start <= pieces[i - 1].end) last = ++i;
    while (last - first > 1 && loose(pieces[first])) ++first;
    while (last - first > 1 && loose(pieces[last - 1])) --last;
    words.push_back({pieces[first].start, pieces[last - 1].end});
  }
  return words;
}

Explanation explain(TextClassifier& classifier, const TextInput& input, const ExplanationOptions& options) {
  const std::string_view text = input.text;
  const TextInput complete{.text = text, .neutral_bias = input.neutral_bias};
  const auto prediction = classifier.classify({&complete, 1}).front();
  Explanation explanation{
      .label = prediction.label(), .probability = prediction.confidence(), .risk = prediction.risk, .scored = 1};
  const auto encoding = classifier.read(text);
  explanation.left_out = classifier.left_out(text);
  explanation.comparisons = classifier.comparisons(text);
  if (classifier.prior().active()) {
    explanation.rules = classifier.prior().find(encoding.truncated ? text.substr(0, encoding.tokens.back().end) : text,
                                                explanation.left_out);
  }
  const auto words = words_of(text, encoding.tokens);
  if (words.empty() || options.max_removals == 0) return explanation;
  const bool singly = words.size() <= options.max_removals;
  auto groups = even_groups(words.size(), singly ? words.size() : std::max<std::size_t>(options.max_removals / 2, 1));
  Occlusion occlusion(classifier, complete, words, explanation);
  occlusion.measure(groups);
  while (!singly && occlusion.scored() + 2 <= options.max_removals) {
    const auto group = most_telling(groups);
    if (group == groups.end()) break;
    const std::size_t middle = group->first + group->size() / 2;
    Group halves[] = {{group->first, middle}, {middle, group->last}};
    occlusion.measure(halves);
    *group = halves[0];
    groups.insert(group + 1, halves[1]);
  }
  for (const auto& group : groups) {
    const auto share = [&](double effect) { return static_cast<float>(effect / static_cast<double>(group.size())); };
    for (std::size_t i = group.first; i < group.last; ++i) {
      explanation.words.push_back({.start = words[i].start,
                                   .end = words[i].end,
                                   .weight = share(group.effect),
                                   .risk_weight = share(group.risk_effect)});
    }
  }
  explanation.scored += occlusion.scored();
  return explanation;
}

}  // namespace tapewatch::model
