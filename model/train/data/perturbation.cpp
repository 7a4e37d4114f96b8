#include "model/train/data/perturbation.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "config/notation/ascii.hpp"
#include "model/train/data/mentions.hpp"
#include "model/train/data/number_words.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kShortestMistyped = 5, kFirstMistyped = 2;

/// Words without which a text says the opposite, and words that a typing error turns into one.
constexpr std::array<std::string_view, 22> kTurning{"never",   "cannot", "without", "neither", "nothing", "nobody",
                                                    "hardly",  "barely", "fails",   "failed",  "failing", "unable",
                                                    "despite", "denies", "denied",  "rejects", "refuses", "refused",
                                                    "shouldn", "wouldn", "couldn",  "doesn"};

using notation::ascii_lower, notation::ascii_upper, notation::is_ascii_letter, notation::is_ascii_upper;

std::size_t draw(std::size_t count, Random& random) {
  return static_cast<std::size_t>(uniform(random) * static_cast<double>(count));
}
bool chance(double share, Random& random) { return uniform(random) < share; }

bool may_be_mistyped(std::string_view word) {
  return word.size() >= kShortestMistyped && std::all_of(word.begin(), word.end(), is_ascii_letter) &&
         std::find(kTurning.begin(), kTurning.end(), ascii_lower(word)) == kTurning.end();
}

std::string mistyped(std::string word, Random& random) {
  const auto at = kFirstMistyped + draw(word.size() - kFirstMistyped - 1, random);  // not the last letter
  switch (draw(3, random)) {
    case 0:
      std::swap(word[at], word[at + 1]);
      break;
    case 1:
      word.erase(at, 1);
      break;
    default:
      word.insert(at, 1, word[at]);
  }
  return word;
}

std::string typing_errors(std::string_view text, Random& random) {
  auto words = split_words(text);
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (may_be_mistyped(words[i].core)) candidates.push_back(i);
  }
  for (std::size_t errors = 1 + draw(2, random); errors > 0 && !candidates.empty(); --errors) {
    const auto chosen = draw(candidates.size(), random);
    auto& word = words[candidates[chosen]];
    word.core = mistyped(std::move(word.core), random);
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return join_words(words);
}

std::string letter_case(std::string_view text, Random& random) {
  const auto kind = draw(3, random);
  std::string out(text);
  bool first = true;  // letter of a word
  for (auto& c : out) {
    c = kind == 0 || (kind == 2 && first) ? ascii_upper(c) : kind == 1 ? ascii_lower(c) : c;
    first = c == ' ';
  }
  return out;
}

/// A symbol as news wires write it after a name.
std::string symbol(Random& random) {
  std::string letters;
  for (auto count = 2 + draw(3, random); count > 0; --count) letters += static_cast<char>('A' + draw(26, random));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kForms{
      {{"($", ")"}, {"(NYSE: ", ")"}, {"(NASDAQ:", ")"}, {"(", ")"}, {"(", ".N)"}, {"[", "]"}}};
  const auto& [before, behind] = kForms[draw(kForms.size(), random)];
  return std::string(before) + letters + std::string(behind);
}

std::string with_symbol(std::string_view text, Random& random) {
  auto words = split_words(text);
  const auto is_name = [](const Word& word) {
    return word.core.size() > 2 && is_ascii_upper(word.core[0]) && is_ascii_letter(word.core[1]);
  };
  auto last = std::find_if(words.begin(), words.end(), is_name);
  if (last == words.end()) return std::string(text);
  while (last->tail.empty() && last + 1 != words.end() && is_name(*(last + 1))) ++last;
  last->core += ' ' + symbol(random);
  return join_words(words);
}

std::string without_signs(std::string_view text) {
  auto words = split_words(text);
  for (auto& word : words) {
    std::erase_if(word.tail, [](char c) { return c != ')' && c != ']' && c != '%'; });
  }
  return join_words(words);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
  }
  return out.append(text);
}

std::string punctuation(std::string_view text, Random& random) {
  constexpr std::array<std::string_view, 5> kEnds{".", "!", "...", " -", "!!"};
  switch (draw(4, random)) {
    case 0:
      return without_signs(text);
    case 1:
      return without_signs(text) + std::string(kEnds[draw(kEnds.size(), random)]);
    case 2:
      return replaced(replaced(text, "'", "\u2019"), " - ", " \u2013 ");
    default:
      return '"' + std::string(text) + '"';
  }
}

std::string markup(std::string_view text, Random& random) {
  auto out = replaced(replaced(replaced(text, "&", "&amp;"), "'", "&#39;"), "\"", "&quot;");
  if (out != text && chance(0.5, random)) return out;
  auto words = split_words(out);
  auto& word = words[draw(words.size(), random)];
  switch (draw(3, random)) {
    case 0:
      if (!word.core.empty()) word.core = "<b>" + word.core + "</b>";
      break;
    case 1:
      words.back().tail += "<br>";
      break;
    default:
      if (&word != &words.back()) word.tail += "&nbsp;";
  }
  return join_words(words);
}

std::string with_link(std::string_view text, Random& random) {
  constexpr std::string_view kSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  auto out = std::string(text) + " https://t.co/";
  for (int i = 0; i < 10; ++i) out += kSigns[draw(kSigns.size(), random)];
  return out;
}

}  // namespace

std::string changed(std::string_view text, Change change, Random& random) {
  switch (change) {
    case Change::number_format:
      return rewritten_numbers(text, random);
    case Change::ticker:
      return with_symbol(text, random);
    case Change::typing_error:
      return typing_errors(text, random);
    case Change::letter_case:
      return letter_case(text, random);
    case Change::punctuation:
      return punctuation(text, random);
    case Change::markup:
      return markup(text, random);
    case Change::link:
      return with_link(text, random);
  }
  return std::string(text);
}

std::string perturbed(std::string_view text, std::span<const std::string_view> names, Random& random) {
  std::array<bool, std::size(kAllChanges)> chosen{};
  for (auto count = 1 + draw(3, random); count > 0; --count) chosen[draw(chosen.size(), random)] = true;
  std::string out(text);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    auto next = changed(out, kAllChanges[i], random);
    const auto lost = [&](std::string_view name) { return find_mention(out, name) && !find_mention(next, name); };
    if (std::none_of(names.begin(), names.end(), lost)) out = std::move(next);
  }
  return out;
}

}  // namespace tapewatch::model::train
