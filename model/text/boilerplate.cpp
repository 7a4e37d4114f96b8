#include "model/text/boilerplate.hpp"

#include <algorithm>
#include <array>

#include "model/text/boilerplate_openings.hpp"
#include "model/text/sentences.hpp"

namespace tapewatch::model {
namespace {

using enum BoilerplateKind;

enum class Reach { sentence, rest };  // of the text

constexpr Reach reach_of(BoilerplateKind kind) {
  return kind == company || kind == outlook || kind == contact ? Reach::rest : Reach::sentence;
}

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

/// "About Kesmar Bancorp", as a heading: names alone up to the end, a colon or a dash; or the name stands there again,
/// as where a heading has lost its line.
bool is_company_heading(std::string_view sentence) {
  constexpr std::string_view kAbout = "About ", kAboutLoud = "ABOUT ";
  constexpr std::size_t kMostWords = 7;
  if (!sentence.starts_with(kAbout) && !sentence.starts_with(kAboutLoud)) return false;
  const Beginning small(sentence);
  for (const std::string_view us : {"about the company", "about us", "about our company"}) {
    if (begins_with(small.text(), us)) return true;
  }
  std::string_view name;
  std::size_t at = kAbout.size();
  for (std::size_t words = 0; words <= kMostWords && at < sentence.size(); ++words) {
    const auto word = word_at(sentence, at);
    if (word == "-" || word == "–" || word == "—" || word == "|") return words > 0;
    const bool joins = word == "&" || word == "and" || word == "of" || word == "de" || word == "the";
    const bool is_name =
        (word.front() >= 'A' && word.front() <= 'Z') || static_cast<unsigned char>(word.front()) >= 0x80;
    if (words > 0 && word == name) return true;
    if (!is_name && !(joins && words > 0)) return false;
    if (words == 0) name = word;
    at += word.size();
    if (word.ends_with(':')) return true;
    while (at < sentence.size() && (sentence[at] == ' ' || sentence[at] == '\t')) ++at;
  }
  return at >= sentence.size();
}

/// The kind of boilerplate that a sentence is, if any.
const BoilerplateKind* kind_of(std::string_view sentence, std::string_view small) {
  static constexpr BoilerplateKind kCompany = company;
  if (is_company_heading(sentence)) return &kCompany;
  const auto* const found = std::ranges::find_if(kBoilerplateOpenings, [&](const BoilerplateOpening& opening) {
    return begins_with(small, opening.begin) && (opening.also.empty() || contains(small, opening.also));
  });
  return found == std::end(kBoilerplateOpenings) ? nullptr : &found->kind;
}

bool has_word(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
  });
}

void add(BoilerplateSpans& found, ByteSpan span, BoilerplateKind kind) {
  if (!found.empty() && found.back().kind == kind) {
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
    const auto words = text.substr(sentence.start, sentence.end - sentence.start);
    const Beginning small(words);
    const auto* kind = kind_of(words, small.text());
    if (kind != nullptr && reach_of(*kind) == Reach::rest && news) {
      add(found, {sentence.start, text.size()}, *kind);
      break;
    }
    constexpr BoilerplateKind kOutlook = outlook;
    const bool goes_on =
        !found.empty() && found.back().kind == outlook &&
        std::ranges::any_of(kBoilerplateOutlook, [&](auto part) { return contains(small.text(), part); });
    if (goes_on) kind = &kOutlook;
    if (kind != nullptr && (*kind != company && *kind != contact)) {
      add(found, sentence, *kind);
    } else {
      news = true;
    }
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
