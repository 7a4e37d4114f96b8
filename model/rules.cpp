#include "model/rules.hpp"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "config/notation/utf8.hpp"
#include "model/evaluation/tab_separated.hpp"
#include "model/package/topic_slug.hpp"
#include "model/text/unicode.hpp"

namespace tapewatch::model {
namespace {

/// A word of a text in its form for comparison.
struct FoldedWord {
  std::string text;
  ByteSpan span;
};

/// The words as in the tokenizer: folded, separated by white space, each punctuation sign and ideograph by itself.
std::vector<FoldedWord> fold_words(std::string_view text) {
  std::vector<FoldedWord> words;
  bool inside = false;
  const auto put = [&](char32_t c, ByteSpan source, bool apart) {
    if (!inside || apart) words.push_back({"", source});
    std::array<char, 4> bytes;
    words.back().text.append(bytes.data(), notation::encode_utf8(c, bytes.data()));
    words.back().span.end = source.end;
    inside = !apart;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    const ByteSpan source{at, at + point.length};
    at = source.end;
    const auto kind = classify(point.value);
    if (kind == CharacterClass::dropped) continue;
    if (kind == CharacterClass::space) {
      inside = false;
      continue;
    }
    std::array<char32_t, kMaxFolded> folded;
    const std::size_t count = fold(point.value, folded.data());
    for (std::size_t i = 0; i < count; ++i) {
      put(folded[i], source, kind == CharacterClass::ideograph || is_punctuation(folded[i]));
    }
  }
  return words;
}

/// The positions of the file's three columns.
struct RuleColumns {
  std::size_t phrase = 0, klass = 0, weight = 0;
};

RuleColumns read_columns(std::string_view line, std::string_view where) {
  const auto fields = split_tabs(line);
  const auto column = [&](std::string_view name) {
    const auto found = std::find(fields.begin(), fields.end(), name);
    if (found == fields.end() || fields.size() != 3) {
      throw RulesError(fmt::format("{}: expected the columns phrase, class and weight, found \"{}\"", where, line));
    }
    return static_cast<std::size_t>(found - fields.begin());
  };
  return {column("phrase"), column("class"), column("weight")};
}

float read_weight(std::string_view field, std::string_view where) {
  const std::string text(field);
  char* end = nullptr;
  const float weight = std::strtof(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(std::abs(weight) <= Rules::kMaxWeight)) {
    throw RulesError(fmt::format("{}: expected a weight from {} to {}, found \"{}\"", where, -Rules::kMaxWeight,
                                 Rules::kMaxWeight, field));
  }
  return weight;
}

/// Head and index of a class by its name.
void find_class(std::string_view name, const ModelConfig& model, std::string_view where, Rule& rule) {
  const auto label = std::find(model.labels.begin(), model.labels.end(), name);
  if (label != model.labels.end()) {
    rule.head = RuleHead::sentiment;
    rule.index = static_cast<std::size_t>(label - model.labels.begin());
    return;
  }
  auto slug = topic_slug(name);
  if (const auto former = model.former_topics.find(slug); former != model.former_topics.end()) slug = former->second;
  const auto topic =
      std::find_if(model.topics.begin(), model.topics.end(), [&](const auto& known) { return known.id == slug; });
  if (topic == model.topics.end()) {
    std::vector<std::string> known = model.labels;
    for (const auto& item : model.topics) known.push_back(item.id);
    throw RulesError(
        fmt::format("{}: expected one of the classes {}; found \"{}\"", where, fmt::join(known, ", "), name));
  }
  rule.head = RuleHead::topic;
  rule.index = static_cast<std::size_t>(topic - model.topics.begin());
}

}  // namespace

Rules Rules::parse(std::string_view tsv, const ModelConfig& model, std::string_view origin) {
  Rules rules;
  rules.hash_ = fmt::format("{:016x}", XXH3_64bits(tsv.data(), tsv.size())).substr(0, 8);
  RuleColumns columns;
  bool header = true;
  for (std::size_t number = 1; !tsv.empty(); ++number) {
    const auto end = tsv.find('\n');
    auto line = tsv.substr(0, end);
    tsv.remove_prefix(end == std::string_view::npos ? tsv.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto where = fmt::format("{}:{}", origin, number);
    if (header) {
      columns = read_columns(line, where);
      header = false;
      continue;
    }
    const auto fields = split_tabs(line);
    if (fields.size() != 3) throw RulesError(fmt::format("{}: expected 3 fields, found {}", where, fields.size()));
    Rule rule{.phrase = std::string(fields[columns.phrase])};
    find_class(fields[columns.klass], model, where, rule);
    rule.weight = read_weight(fields[columns.weight], where);
    rules.add(std::move(rule), where);
  }
  if (header) throw RulesError(fmt::format("{}: expected the columns phrase, class and weight, found nothing", origin));
  return rules;
}

void Rules::add(Rule rule, std::string_view where) {
  if (rules_.size() == kMaxRules) throw RulesError(fmt::format("{}: expected at most {} rules", where, kMaxRules));
  const auto words = fold_words(rule.phrase);
  if (words.empty() || words.size() > kMaxWords) {
    throw RulesError(fmt::format("{}: expected a phrase of 1 to {} words, found \"{}\" with {}", where, kMaxWords,
                                 rule.phrase, words.size()));
  }
  std::string key;
  for (const auto& word : words) key += (key.empty() ? "" : " ") + word.text;
  auto& same = by_phrase_[key];
  for (const auto other : same) {
    if (rules_[other].head == rule.head && rules_[other].index == rule.index) {
      throw RulesError(fmt::format("{}: \"{}\" already has a rule for this class", where, rule.phrase));
    }
  }
  same.push_back(rules_.size());
  lengths_[words.size()] = true;
  rules_.push_back(std::move(rule));
}

std::vector<RuleMatch> Rules::find(std::string_view text) const {
  const auto words = fold_words(text);
  std::vector<bool> taken(words.size());
  std::vector<bool> counted(rules_.size());
  std::vector<RuleMatch> matches;
  for (std::size_t length = std::min(kMaxWords, words.size()); length > 0; --length) {
    if (!lengths_[length]) continue;
    for (std::size_t first = 0; first + length <= words.size(); ++first) {
      const auto begin = taken.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = begin + static_cast<std::ptrdiff_t>(length);
      if (std::find(begin, end, true) != end) continue;
      std::string key = words[first].text;
      for (std::size_t i = first + 1; i < first + length; ++i) key += " " + words[i].text;
      const auto found = by_phrase_.find(key);
      if (found == by_phrase_.end()) continue;
      std::fill(begin, end, true);
      for (const auto rule : found->second) {
        if (counted[rule]) continue;
        counted[rule] = true;
        matches.push_back({rule, {words[first].span.start, words[first + length - 1].span.end}});
      }
    }
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const auto& a, const auto& b) { return a.span.start < b.span.start; });
  return matches;
}

void Rules::add_to(std::span<const RuleMatch> matches, float factor, std::span<float> sentiment,
                   std::span<float> topics) const {
  for (const auto& match : matches) {
    const auto& rule = rules_[match.rule];
    const auto logits = rule.head == RuleHead::sentiment ? sentiment : topics;
    if (!logits.empty()) logits[rule.index] += factor * rule.weight;
  }
}

std::shared_ptr<const Rules> load_rules(const std::string& path, const ModelConfig& model) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw RulesError(fmt::format("{}: expected a readable file, found none", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) throw RulesError(fmt::format("{}: reading failed", path));
  return std::make_shared<const Rules>(Rules::parse(text, model, path));
}

float Prior::neutral_of(std::string_view source) const {
  const auto own = std::ranges::find(neutral_of_sources, source, &std::pair<std::string, float>::first);
  return own == neutral_of_sources.end() ? neutral_bias : own->second;
}

std::string version_with(const std::string& model_version, const Prior& prior) {
  const auto hash = [](std::string_view what) {
    return fmt::format("{:016x}", XXH3_64bits(what.data(), what.size())).substr(0, 8);
  };
  std::string version = model_version;
  if (prior.active()) version += "+rules." + hash(fmt::format("{} {}", prior.rules->hash(), prior.mixing_weight));
  if (!prior.neutral_of_sources.empty()) {
    std::string all = fmt::format("{}", prior.neutral_bias);
    for (const auto& [source, bias] : prior.neutral_of_sources) all += fmt::format("\n{}\t{}", source, bias);
    version += "+neutral." + hash(all);
  } else if (prior.neutral_bias != 0) {
    version += fmt::format("+neutral.{}", prior.neutral_bias);
  }
  return version;
}

}  // namespace tapewatch::model
