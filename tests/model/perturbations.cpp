#include "tests/model/perturbations.hpp"

#include <algorithm>
#include <cctype>

namespace tapewatch::model::test {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string title_case(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || text[i - 1] == ' ') text[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
  }
  return text;
}

std::string without(std::string text, char sign) {
  std::erase(text, sign);
  return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string without_stop(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// Changes the last digit of every number, never to 0: 18% is 19%, 2.9 is 2.1. The first digit of a year stays.
std::string other_numbers(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool last = is_digit(text[i]) && (i + 1 == text.size() || !is_digit(text[i + 1]));
    if (last) text[i] = text[i] == '9' ? '1' : static_cast<char>(text[i] + 1);
  }
  return text;
}

/// Words of six or more letters, where a slip is noticed least.
std::vector<std::pair<std::size_t, std::size_t>> long_words(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - i >= 6) found.emplace_back(i, end);
    i = std::max(end, i + 1);
  }
  return found;
}

/// Two neighbouring letters swapped in one word, or one letter missing or doubled; in any word.
void add_typos(std::vector<Perturbed>& all, std::string_view text, std::size_t salt) {
  const auto words = long_words(text);
  if (words.empty()) return;
  const auto place = [&](std::size_t which) {
    const auto& [start, end] = words[(salt + which) % words.size()];
    return start + 2 + (salt % (end - start - 4));
  };
  std::string swapped(text), dropped(text), doubled(text);
  std::swap(swapped[place(0)], swapped[place(0) + 1]);
  dropped.erase(place(1), 1);
  doubled.insert(place(2), 1, doubled[place(2)]);
  for (auto* text_with_slip : {&swapped, &dropped, &doubled}) all.push_back({"typo", std::move(*text_with_slip)});
}

}  // namespace

std::vector<Perturbed> perturbations(std::string_view original, std::size_t salt) {
  const std::string text(original), bare = without_stop(text);
  const auto middle = text.find(' ', text.size() / 2);
  const auto start = text.substr(0, middle), rest = middle == std::string::npos ? "" : text.substr(middle + 1);
  std::vector<Perturbed> all = {
      {"case", upper(text)},
      {"case", lower(text)},
      {"case", title_case(text)},
      {"punctuation", bare},
      {"punctuation", bare + "."},
      {"punctuation", bare + " ..."},
      {"punctuation", "\"" + text + "\""},
      {"punctuation", without(text, ',')},
      {"punctuation", "-- " + text},
      {"ticker", bare + " (NYSE: QXZ)"},
      {"ticker", "$QXZ " + text},
      {"ticker", bare + " $QXZ $RVB"},
      {"number", other_numbers(text)},
      {"number", replaced(text, "%", " percent")},
      {"number", replaced(text, "%", " pct")},
      {"number", replaced(text, " million", "m")},
      {"link", text + " https://example.com/n/4f7Ka2"},
      {"link", text + " (www.example.com/markets/today.html)"},
      {"markup", "<b>" + text + "</b>"},
      {"markup", start + "&nbsp;" + rest},
      {"markup", text + "<br/>"},
      {"markup", replaced(replaced(text, "&", "&amp;"), "'", "&#39;")},
  };
  add_typos(all, text, salt);
  std::erase_if(all, [&](const Perturbed& one) { return one.text == text; });
  return all;
}

}  // namespace tapewatch::model::test
