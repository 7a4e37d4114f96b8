// Tested by tests/ingest/entity/entity_finder_test.cpp
#include "ingest/entity/legal_form.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace tapewatch::ingest {
namespace {

bool is_legal_form(std::string_view word) {
  static constexpr std::array<std::string_view, 34> kForms = {
      "inc",  "incorporated", "corp", "corporation", "co",   "company", "ltd", "limited", "plc", "llc", "lp", "llp",
      "ag",   "se",           "sa",   "sas",         "nv",   "bv",      "ab",  "asa",     "as",  "oyj", "oy", "spa",
      "gmbh", "kgaa",         "kg",   "pjsc",        "sarl", "srl",     "bhd", "tbk",     "pty", "jsc"};
  return std::find(kForms.begin(), kForms.end(), word) != kForms.end();
}

}  // namespace

std::string without_legal_form(std::string_view folded_name) {
  std::vector<std::string> words(1);
  for (const char c : folded_name) {
    if (c == ' ') {
      words.emplace_back();
    } else if (c != ',' && c != '.') {
      words.back() += c;
    }
  }
  while (words.size() > 1 && (words.back().empty() || is_legal_form(words.back()))) words.pop_back();
  std::string name;
  for (const std::string& word : words) {
    if (!name.empty() && !word.empty()) name += ' ';
    name += word;
  }
  return name;
}

}  // namespace tapewatch::ingest
