// Figures of the shipped model on texts that mean the same and look different, and on phenomena that mislead such
// models. The texts were written for this, not by the authors of training texts.
#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <span>
#include <sstream>

#include "config/notation/utf8.hpp"
#include "model/classifier.hpp"
#include "model/evaluation/labelled_data.hpp"
#include "tests/model/files.hpp"
#include "tests/model/perturbations.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

struct Share {
  std::size_t hits = 0, all = 0;
  void add(bool hit) {
    hits += hit ? 1 : 0;
    ++all;
  }
  double value() const { return static_cast<double>(hits) / static_cast<double>(all); }
};

using Shares = std::map<std::string, Share, std::less<>>;

/// A table on the output, and the share of all.
double report(const char* what, const Shares& shares) {
  Share total;
  std::cout << what << '\n';
  for (const auto& [kind, share] : shares) {
    std::cout << fmt::format("  {:<20} {:.3f}  ({} of {})\n", kind, share.value(), share.hits, share.all);
    total.hits += share.hits;
    total.all += share.all;
  }
  std::cout << fmt::format("  {:<20} {:.3f}  ({} of {})\n", "all", total.value(), total.hits, total.all);
  return total.value();
}

std::string probe_file(const char* name) { return (test::source_dir() / "tests/model/probes" / name).string(); }

/// Only words: lower case, no punctuation.
std::string bare_words(std::string_view text) {
  std::string words;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) words += static_cast<char>(std::tolower(c));
    if (c == ' ' && !words.ends_with(' ')) words += ' ';
  }
  return words;
}

TEST_CASE("no text that is measured with is among those written to train on") {
  std::set<std::string> trained;
  for (const auto& file : std::filesystem::directory_iterator(test::source_dir() / "model/train/texts")) {
    if (file.path().extension() != ".tsv") continue;
    std::istringstream lines(test::read_file(file.path()));
    for (std::string line; std::getline(lines, line);) trained.insert(bare_words(line.substr(line.rfind('\t') + 1)));
  }
  REQUIRE(trained.size() > 8'000);
  for (const char* name : {"perturb.tsv", "probes.tsv"}) {
    for (const auto& row : read_labelled(probe_file(name))) {
      INFO(row.text);
      CHECK_FALSE(trained.contains(bare_words(row.text)));
    }
  }
}

TEST_CASE("a label does not depend on how a text is written [robustness]", "[measure]") {
  Classifier classifier(load_model("builtin"));
  Shares shares;
  const auto rows = read_labelled(probe_file("perturb.tsv"));
  REQUIRE(rows.size() == 120);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view original = rows[i].text;
    const auto variants = test::perturbations(original, i);
    std::vector<std::string_view> texts = {original};
    for (const auto& variant : variants) texts.push_back(variant.text);
    const auto predictions = classifier.classify(texts);
    for (std::size_t v = 0; v < variants.size(); ++v) {
      shares[std::string(variants[v].kind)].add(predictions[v + 1].label() == predictions[0].label());
    }
  }
  CHECK(report("labels unchanged, by what was changed", shares) >= 0.95);
}

/// ASCII letters and digits of another form, given its A, a and 0 (none: digits stay).
std::string in_form(std::string_view text, char32_t upper, char32_t lower, char32_t digit) {
  std::string other;
  for (const char c : text) {
    char bytes[4];
    const auto at = [&](char32_t first, char base) {
      other.append(bytes, notation::encode_utf8(first + static_cast<char32_t>(c - base), bytes));
    };
    if (c >= 'A' && c <= 'Z') {
      at(upper, 'A');
    } else if (c >= 'a' && c <= 'z') {
      at(lower, 'a');
    } else if (c >= '0' && c <= '9' && digit != 0) {
      at(digit, '0');
    } else {
      other += c;
    }
  }
  return other;
}

/// Every a and o that stands beside another letter is Cyrillic, but for the first letter of a word.
std::string with_cyrillic(std::string_view text) {
  std::string other;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool inside = i > 0 && std::isalpha(static_cast<unsigned char>(text[i - 1])) != 0;
    if (inside && text[i] == 'a') {
      other += "\u0430";
    } else if (inside && text[i] == 'o') {
      other += "\u043E";
    } else {
      other += text[i];
    }
  }
  return other;
}

std::string with_invisible(std::string_view text) {
  std::string other;
  for (const char c : text) (other += c) += std::isalpha(static_cast<unsigned char>(c)) != 0 ? "\u200B" : "";
  return other;
}

TEST_CASE("A text in letters that only look different has the scores of the plain one, bit for bit") {
  Classifier classifier(load_model("builtin"));
  for (const auto& row : read_labelled(probe_file("perturb.tsv"))) {
    if (row.text.find_first_of("*-@#") == 0) continue;
    const std::vector<std::string> variants = {in_form(row.text, U'Ａ', U'ａ', U'０'),
                                               in_form(row.text, U'𝐀', U'𝐚', U'𝟎'),
                                               in_form(row.text, U'𝗔', U'𝗮', 0),
                                               with_cyrillic(row.text),
                                               with_invisible(row.text),
                                               "🚨 " + row.text,
                                               "📉📉" + row.text + " 🙈",
                                               "• " + row.text,
                                               "- " + row.text,
                                               "-- " + row.text};
    std::vector<std::string_view> texts = {row.text};
    texts.insert(texts.end(), variants.begin(), variants.end());
    const auto found = classifier.classify(texts);
    for (std::size_t i = 0; i < variants.size(); ++i) {
      INFO(variants[i]);
      CHECK(found[i + 1].sentiment == found[0].sentiment);
      CHECK(found[i + 1].topics == found[0].topics);
    }
  }
}

/// The column `source` names the difficulty of the text, so that `tapewatch eval` reports by it too.
TEST_CASE("probes by phenomenon [probes]", "[measure]") {
  const auto package = load_model("builtin");
  Classifier classifier(package);
  const auto rows = read_labelled(probe_file("probes.tsv"));
  REQUIRE(rows.size() >= 200);
  std::vector<std::string_view> texts;
  for (const auto& row : rows) texts.push_back(row.text);
  const auto predictions = classifier.classify(texts);
  Shares shares;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    shares[rows[i].source].add(to_string(predictions[i].label()) == rows[i].label);
  }
  CHECK(shares.size() >= 10);
  // Not a target: a model that falls below has lost something.
  CHECK(report("probes, labels as a reader gives them", shares) >= 0.75);
}

}  // namespace
}  // namespace tapewatch::model
