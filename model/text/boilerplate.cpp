#include "model/text/boilerplate.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "model/text/boilerplate_openings.hpp"
#include "model/text/sentences.hpp"

namespace tapewatch::model {
namespace {

using enum BoilerplateKind;

constexpr std::size_t kMostBetween = 2;  // sentences of a passage, one after another, that do not look like its kind
constexpr std::size_t kPortraitBegins = 120;  // bytes after its heading in which a portrait says whom it is about

/// The beginning of a sentence in small letters, with plain apostrophes and single blanks, without marks in front.
class Beginning {
 public:
  explicit Beginning(std::string_view sentence) {
    for (std::size_t at = past_marks(sentence); at < sentence.size() && size_ < text_.size(); ++at) {
      if (sentence.substr(at).starts_with(kApostrophe)) {
        put('\'');
        at += kApostrophe.size() - 1;
      } else {
        put(sentence[at]);
      }
    }
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  static constexpr std::string_view kApostrophe = "’", kBullet = "•", kCopyright = "(c)";

  static std::size_t past_marks(std::string_view sentence) {
    constexpr std::string_view kMarks = "\"'([*-|> \t";
    std::size_t at = 0;
    while (at < sentence.size() && !sentence.substr(at).starts_with(kCopyright)) {
      if (sentence.substr(at).starts_with(kBullet)) {
        at += kBullet.size();
      } else if (kMarks.find(sentence[at]) != std::string_view::npos) {
        ++at;
      } else {
        break;
      }
    }
    return at;
  }
  void put(char c) {
    if (c == '\t') c = ' ';
    if (c == ' ' && (size_ == 0 || text_[size_ - 1] == ' ')) return;
    text_[size_++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }

  std::array<char, 240> text_{};
  std::size_t size_ = 0;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Whether the sentence begins with the opening, and its last word ends there, but for a plural.
bool begins_with(std::string_view sentence, std::string_view opening) {
  if (!sentence.starts_with(opening)) return false;
  std::string_view after = sentence.substr(opening.size());
  if (!is_small_letter(opening.back()) || after.empty()) return true;
  if (after.front() == 's') after.remove_prefix(1);
  return after.empty() || !is_small_letter(after.front());
}

std::string_view word_at(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find_first_of(" \t\r\n", at), text.size()) - at);
}

std::size_t words_in(std::string_view text) {
  std::size_t words = 0;
  for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string_view::npos; ++words) {
    at = std::min(text.find(' ', at), text.size());
  }
  return words;
}

/// Whether one of the parts, with | between, is in the text.
bool contains_one(std::string_view text, std::string_view parts) {
  for (std::size_t at = 0; at <= parts.size();) {
    const auto end = std::min(parts.find('|', at), parts.size());
    if (contains(text, parts.substr(at, end - at))) return true;
    at = end + 1;
  }
  return false;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// The name in "About Kesmar Bancorp", which ends with its line, with a full stop, a colon or a dash; "" if the
/// sentence is none.
std::string_view name_in_heading(std::string_view sentence) {
  constexpr std::string_view kAbout = "About ", kAboutLoud = "ABOUT ";
  constexpr std::size_t kMostWords = 6;
  if (!sentence.starts_with(kAbout) && !sentence.starts_with(kAboutLoud)) return {};
  std::size_t at = kAbout.size(), words = 0;
  const auto first = word_at(sentence, at);
  while (at < sentence.size()) {
    const auto word = word_at(sentence, at);
    if (words > 0 && (word == "-" || word == "–" || word == "—" || word == "|" || word == first)) return first;
    const bool joins = word == "&" || word == "and" || word == "of" || word == "de" || word == "the";
    if (!is_capital(word.front()) && !(joins && words > 0)) return {};
    if (++words > kMostWords) return {};
    at += word.size();
    if (word.ends_with(':')) return first;
    while (at < sentence.size() && sentence[at] == ' ') ++at;
  }
  return first;
}

/// Whether a portrait of a company begins here: a heading with its name, and the name, or what portraits say, right
/// after it. A heading in a text of news goes on with something else.
bool begins_portrait(std::string_view text, ByteSpan sentence) {
  constexpr std::string_view kOf = "is a |is the |is an |are a |was founded|founded in|headquartered|based in";
  const auto words = text.substr(sentence.start, sentence.end - sentence.start);
  const auto after = text.substr(sentence.start, words.size() + kPortraitBegins);
  const Beginning small(after);
  for (const std::string_view us : {"about the company", "about us", "about our company"}) {
    if (begins_with(small.text(), us)) return words_in(words) <= 3 || contains_one(small.text(), kOf);
  }
  auto name = name_in_heading(words);
  while (!name.empty() && !is_small_letter(name.back()) && !is_capital(name.back())) name.remove_suffix(1);
  if (name.size() < 2) return false;
  const auto rest = after.substr(std::min(after.find(name) + name.size(), after.size()));
  const Beginning small_name(name), small_rest(rest);
  return contains(small_rest.text(), small_name.text()) || contains_one(small_rest.text(), kOf);
}

/// The kind of boilerplate that a sentence is, if any, but for portraits.
const BoilerplateKind* kind_of(std::string_view small) {
  const auto* const found = std::ranges::find_if(kBoilerplateOpenings, [&](const BoilerplateOpening& opening) {
    return begins_with(small, opening.begin) && (opening.also.empty() || contains_one(small, opening.also)) &&
           (opening.words == 0 || words_in(small) <= opening.words);
  });
  return found == std::end(kBoilerplateOpenings) ? nullptr : &found->kind;
}

/// The end of a passage of this kind that begins with `sentence`: after the last sentence that looks like it, with at
/// most kMostBetween others in between.
std::size_t passage_end(std::string_view text, ByteSpan sentence, BoilerplateKind kind) {
  const std::span<const std::string_view> looks =
      kind == outlook ? std::span<const std::string_view>(kBoilerplateOutlook) : kBoilerplateContact;
  std::size_t end = sentence.end, others = 0;
  for (auto next = next_sentence(text, end); next.start < text.size(); next = next_sentence(text, next.end)) {
    const Beginning small(text.substr(next.start, next.end - next.start));
    if (std::ranges::any_of(looks, [&](std::string_view part) { return contains(small.text(), part); })) {
      end = next.end;
      others = 0;
    } else if (++others > kMostBetween) {
      break;
    }
  }
  return end;
}

bool has_word(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

/// As a part of the one before, if only blanks are between.
void add(std::string_view text, BoilerplateSpans& found, ByteSpan span, BoilerplateKind kind) {
  const bool goes_on =
      !found.empty() && found.back().kind == kind &&
      text.substr(found.back().span.end, span.start - found.back().span.end).find_first_not_of(" \t\r\n") ==
          std::string_view::npos;
  if (goes_on) {
    found.back().span.end = span.end;
  } else {
    found.push_back({span, kind});
  }
}

/// Whether a word is left between the spans.
bool leaves_a_word(std::string_view text, const BoilerplateSpans& found) {
  std::size_t at = 0;
  for (const auto& [span, kind] : found) {
    if (has_word(text.substr(at, span.start - at))) return true;
    at = span.end;
  }
  return has_word(text.substr(at));
}

}  // namespace

std::string_view to_string(BoilerplateKind kind) {
  constexpr std::array<std::string_view, 7> kNames = {"cookies", "subscription", "company", "outlook",
                                                      "contact", "disclosure",   "credits"};
  return kNames[static_cast<std::size_t>(kind)];
}

BoilerplateSpans find_boilerplate(std::string_view text) {
  BoilerplateSpans found;
  ByteSpan sentence = next_sentence(text, 0);
  if (sentence.end == text.size()) return found;
  bool news = false;  // has been read
  for (; sentence.start < text.size(); sentence = next_sentence(text, sentence.end)) {
    if (news && begins_portrait(text, sentence)) {
      add(text, found, {sentence.start, text.size()}, company);
      break;
    }
    const Beginning small(text.substr(sentence.start, sentence.end - sentence.start));
    const auto* kind = kind_of(small.text());
    if (kind == nullptr || (*kind == contact && !news)) {
      news = true;
      continue;
    }
    if (*kind == outlook || *kind == contact) sentence.end = passage_end(text, sentence, *kind);
    add(text, found, sentence, *kind);
  }
  if (!leaves_a_word(text, found)) found.clear();
  return found;
}

std::string blanked(std::string_view text, std::span<const Boilerplate> places) {
  std::string blank(text);
  for (const auto& [span, kind] : places) {
    const std::size_t first = std::min(span.start, blank.size()), last = std::min(span.end, blank.size());
    std::fill(blank.begin() + static_cast<std::ptrdiff_t>(first), blank.begin() + static_cast<std::ptrdiff_t>(last),
              ' ');
  }
  return blank;
}

}  // namespace tapewatch::model
